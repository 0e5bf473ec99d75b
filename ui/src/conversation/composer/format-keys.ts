// The keys that format, apart from what they do: that is loaded when it is first needed. `ShortcutSheet` lists the
// same ones.

import type { Format } from './formatting';

/** The format that a key press asks for. */
export function formatOf(event: KeyboardEvent): Format | null {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null;
  if (!event.shiftKey) {
    const plain: Record<string, Format> = { b: 'bold', i: 'italic', e: 'code' };
    return plain[event.key.toLowerCase()] ?? null;
  }
  const shifted: Record<string, Format> = { KeyX: 'strike', KeyL: 'link', Digit7: 'numbered', Digit8: 'list', Digit9: 'quote' };
  return shifted[event.code] ?? null;
}
