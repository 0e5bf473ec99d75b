// Where the focus goes.

/** An element, and what around it can have the focus too: its message, its list, its pane. */
function placesOf(element: Element | null): HTMLElement[] {
  const places: HTMLElement[] = [];
  for (let place = element; place instanceof HTMLElement && place !== document.body; place = place.parentElement) {
    if (place === element || place.hasAttribute('tabindex')) places.push(place);
  }
  return places;
}

/** `false` for what is gone, hidden or disabled. */
function takesFocus(place: HTMLElement): boolean {
  if (place.isConnected) place.focus({ preventScroll: true });
  return document.activeElement === place;
}

/** Remembers what has the focus. The answer gives it back, or to what is nearest around it where it is gone. */
export function keepFocus(): () => boolean {
  const places = placesOf(document.activeElement);
  return () => places.some(takesFocus);
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
