// What the pointer is on, or the keyboard's focus, lights wherever it stands: in
// the drawing, in a formula, in a table.

import type { Inspected } from '../state/inspected.svelte';

/** The handlers of an element that shows a subject or a quantity, "" for none. */
export function lights(inspected: Inspected, subject: string) {
  const on = () => { inspected.light = subject; }, off = () => { inspected.light = ''; };
  return { onpointerenter: on, onpointerleave: off, onfocusin: on, onfocusout: off };
}
