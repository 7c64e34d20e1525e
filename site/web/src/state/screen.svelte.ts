// How the page looks, whatever is trained: what browser and user choose.

import type { Tab } from '../generated/lesson';
import type { View } from '../wire/stage';
import type { Layer } from './link';

export type Theme = View['theme'];

/** The sections of the drawer, in their order, by the keys of what they are called. */
export const sections = [
  { id: 'settings', name: 'section.settings' }, { id: 'change', name: 'section.change' }, { id: 'formulas', name: 'section.formulas' },
  { id: 'numbers', name: 'section.numbers' }, { id: 'graph', name: 'section.graph' }, { id: 'about', name: 'section.about' },
] as const;
export type Section = (typeof sections)[number]['id'];

/** A theme that the user chose, or "auto" for what the system says. */
export type ThemeChoice = 'auto' | Theme;

const stored = 'abkd-theme';

export class Screen {
  theme = $state<Theme>('light');
  themeChoice = $state<ThemeChoice>('auto');
  narrow = $state(false);
  reducedMotion = $state(false);
  /** The browser forces colours of the user's choice: the drawing has those of high contrast. */
  forced = $state(false);
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

  get showsDrawing(): boolean { return !this.narrow || this.tab !== 'curves'; }

  /** Opens the drawer at a section. */
  open(section: Section): void {
    this.section = section;
    this.drawer = true;
  }

  /** Keeps to the theme that was chosen before, or to the system's; the result ends that. */
  followTheme(): () => void {
    this.themeChoice = storedTheme();
    const lists = [dark, contrast].map((query) => matchMedia(query));
    const update = () => this.applyTheme();
    update();
    for (const list of lists) list.addEventListener('change', update);
    return () => { for (const list of lists) list.removeEventListener('change', update); };
  }

  chooseTheme(choice: ThemeChoice): void {
    this.themeChoice = choice;
    try {
      if (choice === 'auto') localStorage.removeItem(stored);
      else localStorage.setItem(stored, choice);
    } catch { /* storage is switched off: the choice lasts as long as the page */ }
    this.applyTheme();
  }

  private applyTheme(): void {
    const system = matchMedia(contrast).matches ? 'contrast' : matchMedia(dark).matches ? 'dark' : 'light';
    this.theme = this.themeChoice === 'auto' ? system : this.themeChoice;
    document.documentElement.dataset.theme = this.theme;
  }
}

const dark = '(prefers-color-scheme: dark)', contrast = '(prefers-contrast: more)';

function storedTheme(): ThemeChoice {
  try {
    const v = localStorage.getItem(stored);
    return v === 'light' || v === 'dark' || v === 'contrast' ? v : 'auto';
  } catch {
    return 'auto';
  }
}
