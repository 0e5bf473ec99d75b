// Where the focus goes.

/** Remembers what has the focus. The answer gives it back, where that is still there. */
export function keepFocus(): () => void {
  const before = document.activeElement;
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
}

/** Where the focus goes within something: the row of a list that Tab reaches, or what a pane is for. */
const homes = '[data-row][tabindex="0"], [data-pane-focus]';
const controls = 'button:not(:disabled), a[href], input:not(:disabled), textarea:not(:disabled), select:not(:disabled), summary, [tabindex]';

/**
 * Gives the focus a place when what has it disappears or is disabled, as a button may when it was pressed: the nearest
 * thing around it that can take it. Without that, whoever uses a keyboard would begin at the top of the window again.
 * Watches until the returned function is called.
 */
export function rescueFocus(): () => void {
  /** What had the focus last, and all around it. Empty where the focus was given up on purpose. */
  let path: readonly Element[] = [];

  const rescue = () => {
    if (document.activeElement !== document.body && document.activeElement !== path[0]) return;
    if (path.length === 0 || canTakeFocus(path[0]!)) return;
    const [, ...around] = path;
    const within = path.some((element) => element instanceof HTMLDialogElement) ? controls : homes;
    path = [];
    const places = around.flatMap((element) => [element, element.querySelector(within)]);
    const place = places.find((element) => element instanceof HTMLElement && canTakeFocus(element));
    (place as HTMLElement | undefined)?.focus({ preventScroll: true });
  };
  const taken = (event: FocusEvent) => {
    path = [];
    for (let element = event.target as Element | null; element !== null && element !== document.body; element = element.parentElement) path = [...path, element];
  };
  const left = (event: FocusEvent) => {
    const element = event.target as Element;
    // A press beside everything that can have the focus; what is removed is still in its place at this moment.
    if (event.relatedTarget === null) queueMicrotask(() => path[0] === element && canTakeFocus(element) && (path = []));
  };
  const observer = new MutationObserver(rescue);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled'] });
  document.addEventListener('focusin', taken);
  document.addEventListener('focusout', left);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', taken);
    document.removeEventListener('focusout', left);
  };
}

function canTakeFocus(element: Element): boolean {
  return element.isConnected && element.matches(controls) && element.checkVisibility();
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
