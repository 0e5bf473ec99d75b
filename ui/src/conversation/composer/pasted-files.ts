// What of the clipboard is a file.

import type { Attachments } from './attachments.svelte';

/** Office programs put a picture of the text beside the text itself: then the text is meant. */
function pastedFiles(data: DataTransfer | null): File[] {
  if (!data || data.types.includes('text/rtf')) return [];
  return [...data.files];
}

/** How a file or picture is taken from what is pasted; `null` where it is text. */
export function takePasted(event: ClipboardEvent): ((attachments: Attachments) => Promise<void>) | null {
  // WebKitGTK does not tell the page what is pasted where it is a picture; the core can ask the system.
  if (event.clipboardData?.types.length === 0) return (attachments) => attachments.pastePicture();
  const files = pastedFiles(event.clipboardData);
  if (files.length === 0) return null;
  event.preventDefault();
  return (attachments) => attachments.paste(files);
}
