// What of the clipboard is a file.

/** Office programs put a picture of the text beside the text itself: then the text is meant. */
export function pastedFiles(data: DataTransfer | null): File[] {
  if (!data || data.types.includes('text/rtf')) return [];
  return [...data.files];
}

/** WebKitGTK does not tell the page what is pasted where it is a picture; the core can ask the system. */
export function isKeptBack(data: DataTransfer | null): boolean {
  return data?.types.length === 0;
}
