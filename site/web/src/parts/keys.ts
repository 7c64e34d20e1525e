// What a key press asks for.

export const keyHelp: [string, string][] = [
  ['Space', 'play or pause'],
  ['. or →', 'one step'],
  [', or ←', 'one epoch back'],
  ['0 – 9', 'a scene'],
  ['R', 'reset to the same seed'],
  ['+ −, Shift + arrow, Home', 'in the drawing: zoom, pan, all of it'],
  ['?', 'show or hide these keys'],
];

export type KeyCommand = 'play' | 'step' | 'back' | 'reset' | 'keys' | { scene: number };

/** The command of a key press, undefined where the key belongs to the element that has the focus. */
export function keyCommand(e: KeyboardEvent): KeyCommand | undefined {
  if (e.ctrlKey || e.altKey || e.metaKey || e.defaultPrevented) return undefined;
  if (e.shiftKey && e.key.startsWith('Arrow')) return undefined; // pans the drawing
  const target = e.target instanceof Element ? e.target : null;
  if (target?.closest('input, select, textarea, [contenteditable]')) return undefined;
  switch (e.key) {
    case ' ':
      return target?.closest('button, a, summary') ? undefined : e.repeat ? undefined : 'play';
    case '.':
    case 'ArrowRight':
      return target?.closest('.scrolls') ? undefined : 'step';
    case ',':
    case 'ArrowLeft':
      return target?.closest('.scrolls') ? undefined : 'back';
    case 'r':
    case 'R':
      return e.repeat ? undefined : 'reset';
    case '?':
      return 'keys';
    default:
      return /^[0-9]$/.test(e.key) ? { scene: Number(e.key) } : undefined;
  }
}
