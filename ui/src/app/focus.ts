// Where the focus goes.

interface Place {
  element: HTMLElement;
  /** Which of its entries is meant, where it is a list whose entries go away. */
  entry: number;
}

/**
 * An element, and what around it can have the focus too: its message, its list, its pane. What can not have it
 * itself, or should not, may name by a selector, in `data-focus-to`, what has it instead; a list whose entries go
 * away, in `data-focus-entry`, what has it in the entry that takes the place.
 */
function placesOf(element: Element | null): Place[] {
  const places: Place[] = [];
  for (let place = element; place instanceof HTMLElement && place !== document.body; place = place.parentElement) {
    const { focusTo, focusEntry } = place.dataset;
    const entry = focusEntry ? [...place.children].findIndex((child) => child.contains(element)) : -1;
    if (place === element || place.hasAttribute('tabindex') || focusTo || entry >= 0) places.push({ element: place, entry });
  }
  return places;
}

/** `false` for what is gone, hidden or disabled. */
function takesFocus({ element, entry }: Place): boolean {
  if (!element.isConnected) return false;
  const { focusTo, focusEntry } = element.dataset;
  const [of, selector] = entry < 0 ? [element, focusTo] : [element.children[Math.min(entry, element.children.length - 1)], focusEntry];
  return [selector ? of?.querySelector<HTMLElement>(selector) : null, element].some((target) => {
    target?.focus({ preventScroll: true });
    return target != null && document.activeElement === target;
  });
}

/** Remembers what has the focus. The answer gives it back, or to what is nearest around it where it is gone. */
export function keepFocus(element = document.activeElement): () => boolean {
  const places = placesOf(element);
  return () => places.some(takesFocus);
}

/**
 * Controls go away when they are pressed, or by themselves. Unless somebody moves the focus on, what is nearest
 * around it takes it, so that it never falls to the page.
 */
export function catchFocus(root: HTMLElement): () => void {
  let places: Place[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isLost = () => document.activeElement === document.body && places[0]?.element.isConnected === false;
  const note = (event: FocusEvent) => (places = placesOf(event.target as Element));
  const observer = new MutationObserver(() => {
    if (!isLost()) return;
    clearTimeout(timer);
    // Whoever took the control away may be about to move the focus.
    timer = setTimeout(() => isLost() && places.some(takesFocus));
  });
  root.addEventListener('focusin', note);
  observer.observe(root, { childList: true, subtree: true });
  return () => {
    clearTimeout(timer);
    observer.disconnect();
    root.removeEventListener('focusin', note);
  };
}

const back = { horizontal: ['ArrowLeft'], vertical: ['ArrowUp'], both: ['ArrowLeft', 'ArrowUp'] };
const on = { horizontal: ['ArrowRight'], vertical: ['ArrowDown'], both: ['ArrowRight', 'ArrowDown'] };

/** Which of so many a key leads to, around the ends; `null` for a key that means something else. */
export function keyTarget(key: string, along: 'horizontal' | 'vertical' | 'both', current: number, count: number): number | null {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (on[along].includes(key)) return (current + 1) % count;
  if (back[along].includes(key)) return (current - 1 + count) % count;
  return null;
}
