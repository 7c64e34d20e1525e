// How the page looks, whatever is trained: what browser and user choose.

import type { Tab } from '../generated/lesson';
import type { View } from '../wire/stage';
import type { Hideable, Layer } from './link';

export type Theme = Exclude<View['theme'], 'contrast-light'>;

/** The sections of the drawer, in their order, by the keys of what they are called. */
export const sections = [
  { id: 'settings', name: 'section.settings' }, { id: 'change', name: 'section.change' }, { id: 'formulas', name: 'section.formulas' },
  { id: 'numbers', name: 'section.numbers' }, { id: 'graph', name: 'section.graph' }, { id: 'studies', name: 'section.studies' },
  { id: 'glossary', name: 'section.glossary' }, { id: 'about', name: 'section.about' },
] as const;
export type Section = (typeof sections)[number]['id'];

/** A theme that the user chose, or "auto" for what the system says. */
export type ThemeChoice = 'auto' | Theme;

const stored = 'abkd-theme', storedPace = 'abkd-drawing';

export class Screen {
  theme = $state<Theme>('light');
  themeChoice = $state<ThemeChoice>('auto');
  narrow = $state(false);
  reducedMotion = $state(false);
  /** Whether the system's colours, which are forced on the page, are dark or light; "" where none are. The drawing then has those of high contrast. */
  forced = $state<'' | 'dark' | 'light'>('');
  /** Nobody sees the page. */
  hidden = $state(false);
  /** What is shown where there is no room for all. */
  tab = $state<Tab>('graph');
  /** Whose messages the drawing shows. */
  model = $state<View['model']>('student');
  /** The layer whose sums are shown, the student's first one by itself. */
  layer = $state.raw<Layer | undefined>();
  /** The drawer is open. */
  drawer = $state(false);
  /** What the drawer shows, open or not. */
  section = $state<Section>('settings');
  /** Files are being dragged over the page. */
  dropping = $state(false);
  /** The list of keys is shown. */
  keys = $state(false);
  /** The page is shown to a hall: larger, without what is set. */
  present = $state(false);
  /** The page is a part of another one. */
  embedded = $state(false);
  /** The page looks on at a run that others steer. */
  watching = $state(false);
  /** What else of the page its link leaves out. */
  hide = $state.raw<Hideable[]>([]);

  /** Where it is shown to a hall: the legend of the drawing is there. */
  legend = $state(false);
  /** The drawing is as fine and moves as often as it can, however slow that is here. */
  full = $state(false);

  /** The browser is asked for the screen, or to take it back. */
  private asking = false;

  /** Shows the page to a hall, on all of the screen where the browser allows it, or as ever. */
  async togglePresent(): Promise<void> {
    this.present = !this.present;
    this.drawer = this.keys = this.legend = false;
    if (this.asking) return; // what is under way ends with what is wanted by then
    this.asking = true;
    try {
      while (this.present !== (document.fullscreenElement !== null)) await (this.present ? document.documentElement.requestFullscreen() : document.exitFullscreen());
    } catch { /* the browser does not allow it: the page stays in its window */ }
    this.asking = false;
  }

  /** Follows the browser: a reader who took the screen back has left the hall. */
  followBrowser(): void {
    if (!document.fullscreenElement && !this.asking) this.present = false;
  }

  /** Lets the drawing adapt to how fast it is here, or not; the next visit does the same. */
  drawInFull(full: boolean): void {
    this.full = full;
    keep(storedPace, full ? 'full' : '');
  }

  /** Whether the page has a part; a frame of another page has no room for some, and opens no files. */
  has(part: Hideable): boolean {
    return !this.hide.includes(part) && !(this.embedded && (part === 'rail' || part === 'settings')) && !(this.watching && part === 'settings');
  }

  get showsDrawing(): boolean { return !this.narrow || this.embedded || this.tab !== 'curves'; }

  /** Opens the drawer at a section. */
  open(section: Section): void {
    this.section = section;
    this.drawer = true;
  }

  /** Keeps to the theme that was chosen before, or to the system's; the result ends that. */
  followTheme(): () => void {
    this.themeChoice = storedTheme();
    this.full = kept(storedPace) === 'full';
    const lists = [dark, contrast, forced].map((query) => matchMedia(query));
    const update = () => this.applyTheme();
    update();
    for (const list of lists) list.addEventListener('change', update);
    return () => { for (const list of lists) list.removeEventListener('change', update); };
  }

  chooseTheme(choice: ThemeChoice): void {
    this.themeChoice = choice;
    keep(stored, choice === 'auto' ? '' : choice);
    this.applyTheme();
  }

  private applyTheme(): void {
    const system = matchMedia(contrast).matches ? 'contrast' : matchMedia(dark).matches ? 'dark' : 'light';
    this.forced = !matchMedia(forced).matches ? '' : isDark('Canvas') ? 'dark' : 'light';
    this.theme = this.forced || (this.themeChoice === 'auto' ? system : this.themeChoice);
    document.documentElement.dataset.theme = this.theme;
  }
}

/** Whether a page of another origin shows this one in a frame, asked to or not. */
export function isFramedByOther(): boolean {
  try {
    return window.top!.location.origin !== location.origin;
  } catch {
    return true; // which is not told of others
  }
}

const dark = '(prefers-color-scheme: dark)', contrast = '(prefers-contrast: more)', forced = '(forced-colors: active)';

/** Whether a colour of the system's is nearer to black than to white. */
function isDark(color: string): boolean {
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = color;
  const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g)!.map(Number);
  probe.remove();
  return 0.299 * r! + 0.587 * g! + 0.114 * b! < 128;
}

function storedTheme(): ThemeChoice {
  const v = kept(stored);
  return v === 'light' || v === 'dark' || v === 'contrast' ? v : 'auto';
}

/** What the browser keeps under a name, "" for nothing. */
function kept(name: string): string {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}

function keep(name: string, value: string): void {
  try {
    if (value === '') localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch { /* storage is switched off: the choice lasts as long as the page */ }
}
