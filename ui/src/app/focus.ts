// Where the focus goes.

/** Remembers what has the focus. The answer gives it back, where that is still there. */
export function keepFocus(): () => void {
  const before = document.activeElement;
  return () => {
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
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
