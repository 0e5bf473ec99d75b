// Every failure in the reader's language. The words are many and seldom needed, so they come after the first paint.

import type { WireError } from '../protocol';

let words = $state.raw<typeof import('./error-words') | null>(null);

export async function loadErrorWords(): Promise<void> {
  words ??= await import('./error-words');
}

/** The precise cause where there is one, else the kind. Nothing only for the moment until the words are here. */
export function wordError(error: WireError): string {
  if (words === null) void loadErrorWords();
  return words?.wordError(error) ?? '';
}
