// Pictures that stand still.

import type { Attachment } from 'svelte/attachments';

interface Size {
  width: number;
  height: number;
}

/** Puts a still of what is seen now in the place of a loaded picture, of as many pixels as the picture has if not told otherwise. */
export function stop(image: HTMLImageElement, { width, height }: Size = natural(image)): () => void {
  const still = document.createElement('canvas');
  still.className = image.className;
  still.style.objectFit = getComputedStyle(image).objectFit;
  still.width = width;
  still.height = height;
  still.getContext('2d')?.drawImage(image, 0, 0, width, height);
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

const natural = ({ naturalWidth, naturalHeight }: HTMLImageElement): Size => ({ width: naturalWidth, height: naturalHeight });

/** No more pixels than its place on screen shows, however the picture fits there; all where it has no place. */
export function seen(image: HTMLImageElement): Size {
  const { width, height } = natural(image);
  const { clientWidth, clientHeight } = image;
  if (!clientWidth || !clientHeight || !width || !height) return { width, height };
  const scale = Math.min(1, Math.max(clientWidth / width, clientHeight / height) * devicePixelRatio);
  return { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
}

/** Small pictures never move. They do where they are opened. */
export const stopped =
  (moves: boolean): Attachment<HTMLImageElement> =>
  (image) => {
    if (!moves) return;
    let start: (() => void) | undefined;
    const loaded = () => {
      start?.();
      start = stop(image, seen(image));
    };
    image.style.visibility = 'hidden';
    image.addEventListener('load', loaded);
    // An attachment begins anew with what it is made for, a picture does not load again.
    if (image.complete && image.naturalWidth > 0) loaded();
    return () => {
      image.removeEventListener('load', loaded);
      image.style.visibility = '';
      start?.();
    };
  };
