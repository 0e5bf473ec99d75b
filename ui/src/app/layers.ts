// What lies over the window: dialogs and menus, the last one on top. A step back closes that first.

const layers: (() => void)[] = [];

/** Puts something on top, with what asks it to close. The answer takes it away again. */
export function lay(close: () => void): () => void {
  layers.push(close);
  return () => void layers.splice(layers.indexOf(close), 1);
}

export const layerCount = (): number => layers.length;

export function closeTopLayer(): void {
  layers.at(-1)?.();
}
