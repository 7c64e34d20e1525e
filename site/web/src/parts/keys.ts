// What a key press asks for.

import { say } from '../texts/texts';

/** What the keys are called, and the messages that say what they do. */
export const keyHelp = [
  { name: () => say('keys.space'), does: 'keys.space.does' },
  { name: () => say('keys.step'), does: 'keys.step.does' },
  { name: () => say('keys.back'), does: 'keys.back.does' },
  { name: () => say('keys.story'), does: 'keys.story.does' },
  { name: () => '0 – 9', does: 'keys.scene.does' },
  { name: () => 'R', does: 'keys.reset.does' },
  { name: () => 'S', does: 'keys.settings.does' },
  { name: () => 'A', does: 'keys.beside.does' },
  { name: () => 'Esc', does: 'keys.close.does' },
  { name: () => 'C', does: 'keys.course.does' },
  { name: () => 'P', does: 'keys.present.does' },
  { name: () => 'J, K, Enter', does: 'keys.things.does' },
  { name: () => say('keys.drawing'), does: 'keys.drawing.does' },
  { name: () => '?', does: 'keys.keys.does' },
] as const;

export type KeyCommand = 'play' | 'step' | 'back' | 'next' | 'previous' | 'reset' | 'settings' | 'beside' | 'keys' | 'present' | 'course' | 'legend' | 'leave' | { scene: number };

/** What the pointer pressed last, as long as it has the focus: Space is then the page's, not its. */
let pressed: Element | null = null;

/** Notes what the pointer is pressed on. */
export function notePointer(e: PointerEvent): void {
  pressed = e.target instanceof Element ? e.target.closest(pressable) : null;
}

const pressable = 'button, a, summary, input[type="checkbox"], input[type="radio"]';

/**
 * The command of a key press, undefined where the key belongs to the element that has the focus. Space belongs
 * to what the keyboard has reached; what was clicked keeps the focus, but Space plays and pauses again.
 */
export function keyCommand(e: KeyboardEvent): KeyCommand | undefined {
  if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented) return undefined;
  if (e.shiftKey && e.key.startsWith('Arrow')) return undefined; // pans the drawing
  const target = e.target instanceof Element ? e.target : null;
  if (e.key === 'Tab') pressed = null;
  const holder = target?.closest(pressable) ?? null;
  if (e.key === ' ' && holder && holder === pressed) return e.repeat ? undefined : 'play';
  if (target?.closest('input, select, textarea, [contenteditable]')) return undefined;
  switch (e.key) {
    case ' ':
      return holder || e.repeat ? undefined : 'play';
    case '.':
    case 'ArrowRight':
      return target?.closest('.scrolls') ? undefined : 'step';
    case ',':
    case 'ArrowLeft':
      return target?.closest('.scrolls') ? undefined : 'back';
    case 'n':
    case 'N':
      return 'next';
    case 'b':
    case 'B':
      return 'previous';
    case 'r':
    case 'R':
      return e.repeat ? undefined : 'reset';
    case 's':
    case 'S':
      return e.repeat ? undefined : 'settings';
    case 'a':
    case 'A':
      return e.repeat ? undefined : 'beside';
    case 'c':
    case 'C':
      return e.repeat ? undefined : 'course';
    case 'p':
    case 'P':
      return e.repeat ? undefined : 'present';
    case 'l':
    case 'L':
      return e.repeat ? undefined : 'legend';
    case 'Escape':
      return 'leave';
    case '?':
      return 'keys';
    default:
      return /^[0-9]$/.test(e.key) ? { scene: Number(e.key) } : undefined;
  }
}
