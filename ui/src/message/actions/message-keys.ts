// Keys that act on the message that has the focus. They are single letters, so they count only there, and can be
// switched off (WCAG 2.1.4). `ShortcutSheet` lists the same ones.

import { isCharacter } from '../../app/keyboard';
import type { MessageAction } from './available';

export const messageKeys: Partial<Record<MessageAction, string>> = {
  reply: 'R',
  thread: 'T',
  react: '+',
  edit: 'E',
  copy: 'C',
  quote: 'Q',
  forward: 'F',
  details: 'I',
  select: 'X',
  delete: 'Delete',
};

/** The key for an action. `singleKeys` is whether a character alone may be one. */
export function keyFor(action: MessageAction, singleKeys: boolean): string | undefined {
  const key = messageKeys[action];
  return singleKeys || (key && key.length > 1) ? key : undefined;
}

type MessageKey = MessageAction | 'menu';

/** What a key press on a message asks for. */
export function messageKey(event: KeyboardEvent, singleKeys: boolean): MessageKey | null {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return null;
  if (!singleKeys && isCharacter(event)) return null;
  if (event.key === 'Enter' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) return 'menu';
  if (event.key === 'Backspace') return 'delete';
  const pressed = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const found = (Object.entries(messageKeys) as [MessageAction, string][]).find(([, key]) => key === pressed);
  return found?.[0] ?? null;
}
