// Moments that benchmarks measure: when something is not only in the DOM, but on the screen.

/** Resolves after the next frame was painted. A hidden window paints none, so there is a limit. */
export function painted(limitMs = 150): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        clearTimeout(timer);
        resolve();
      }),
    );
  });
}

export async function markPainted(name: string, limitMs?: number): Promise<void> {
  await painted(limitMs);
  performance.mark(name);
}
