// The clipboard for a text that the core has yet to answer with.

import { copyText } from '../../app/clipboard';

/** Whether the text is in the clipboard now. */
export async function copyLater(text: string | Promise<string>): Promise<boolean> {
  if (typeof text === 'string') return copyText(text);
  try {
    // WebKit lets only the click itself write; a promise may be handed over in it.
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text.then((value) => new Blob([value], { type: 'text/plain' })) })]);
    return true;
  } catch {
    return copyText(await text);
  }
}
