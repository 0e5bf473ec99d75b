// Pictures that stand still.

import type { Attachment } from 'svelte/attachments';

/** Puts a still of what is seen now in the place of a loaded picture. */
export function stop(image: HTMLImageElement): () => void {
  const still = document.createElement('canvas');
  still.className = image.className;
  still.style.objectFit = getComputedStyle(image).objectFit;
  still.width = image.naturalWidth;
  still.height = image.naturalHeight;
  still.getContext('2d')?.drawImage(image, 0, 0);
  if (image.alt) {
    still.role = 'img';
    still.ariaLabel = image.alt;
  }
  image.style.display = 'none';
  image.after(still);
  return () => {
    still.remove();
    image.style.display = '';
  };
}

/** Small pictures never move. They do where they are opened. */
export const stopped =
  (moves: boolean): Attachment<HTMLImageElement> =>
  (image) => {
    if (!moves) return;
    let start: (() => void) | undefined;
    const loaded = () => {
      start?.();
      start = stop(image);
    };
    image.style.visibility = 'hidden';
    image.addEventListener('load', loaded);
    // An attachment begins anew with what it is made for, a picture does not load again.
    if (image.complete && image.naturalWidth > 0) loaded();
    return () => {
      image.removeEventListener('load', loaded);
      start?.();
    };
  };
