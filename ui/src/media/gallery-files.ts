// What lies in a gallery: pictures, which are shown together, and everything else, one below the other.

import type { Attachment, GalleryItem } from '../protocol';

export const isPicture = (attachment: Attachment): boolean => attachment.kind === 'image' && attachment.picture !== null;

/** Its files; what else there is has none. */
export const galleryFiles = (items: readonly GalleryItem[]): Attachment[] => items.flatMap((item) => (item.type === 'file' ? [item.attachment] : []));

/** Whether it is shown with others: what has words of its own stands alone with them. */
export const isTogether = (item: GalleryItem): boolean => item.type === 'file' && item.caption === null && isPicture(item.attachment);
