// Which term is asked about: a press opens what it means and keeps it open,
// pointing opens it while the pointer stays.

/** How long the pointer has to get from a term to what is said of it, in milliseconds. */
const patience = 250;

export const asked = $state({ term: '' });

let leaving: ReturnType<typeof setTimeout> | undefined, isKept = false;

const card = () => document.getElementById('term');

/** Opens what a term means beside it; pressed says that it stays. */
export function ask(term: string, e: Event, pressed: boolean): void {
  stay();
  const button = e.currentTarget as HTMLElement, isOpen = card()?.matches(':popover-open') ?? false;
  if (pressed && isOpen && asked.term === term && !isKept) e.preventDefault(); // the pointer has opened it
  if (!pressed && isOpen && isKept) return;
  isKept = pressed;
  asked.term = term;
  place(button);
  if (!pressed && !isOpen) card()?.showPopover();
}

/** The pointer is on what is said. */
export function stay(): void { clearTimeout(leaving); }

/** The pointer has left: what it opened closes. */
export function leave(): void {
  clearTimeout(leaving);
  if (!isKept) leaving = setTimeout(() => card()?.hidePopover(), patience);
}

/** Puts the card below a term, or above it where there is more room. */
function place(button: HTMLElement): void {
  const at = button.getBoundingClientRect(), style = card()?.style;
  if (!style) return;
  const width = Math.min(360, innerWidth - 16), below = innerHeight - at.bottom > at.top;
  style.width = `${width}px`;
  style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  style.top = below ? `${at.bottom + 6}px` : 'auto';
  style.bottom = below ? 'auto' : `${innerHeight - at.top + 6}px`;
  style.maxHeight = `${Math.max(at.top, innerHeight - at.bottom) - 14}px`;
}
