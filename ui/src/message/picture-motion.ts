/** Whether a picture of this type may move; its bytes tell. What moves as PNG hardly ever has a smaller rendition. */
export const mayMove = (mimeType: string | null, whole: boolean): boolean => (whole ? /^(image\/(gif|webp|a?png))?$/i : /^(image\/(gif|webp|apng))?$/i).test(mimeType ?? '');
