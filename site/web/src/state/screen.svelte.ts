// How the page looks, whatever is trained: what browser and user choose.

import type { Tab } from '../generated/lesson';
import type { View } from '../wire/stage';

export type Theme = View['theme'];

export class Screen {
  theme = $state<Theme>('light');
  narrow = $state(false);
  reducedMotion = $state(false);
  /** Nobody sees the page. */
  hidden = $state(false);
  /** What is shown where there is no room for all. */
  tab = $state<Tab>('graph');
  /** Whose messages the drawing shows. */
  model = $state<View['model']>('student');

  get showsDrawing(): boolean { return !this.narrow || this.tab !== 'curves'; }
}
