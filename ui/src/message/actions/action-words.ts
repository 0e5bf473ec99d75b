// What the actions on a message are called.

import { m } from '../../paraglide/messages';
import type { MessageAction } from './available';

export const actionWords: Record<MessageAction, () => string> = {
  reply: () => m.act_reply(),
  thread: () => m.act_thread(),
  react: () => m.act_react(),
  edit: () => m.act_edit(),
  copy: () => m.act_copy(),
  quote: () => m.act_quote(),
  link: () => m.act_link(),
  forward: () => m.act_forward(),
  pin: () => m.act_pin(),
  unpin: () => m.act_unpin(),
  unread: () => m.act_unread(),
  details: () => m.act_details(),
  history: () => m.act_history(),
  select: () => m.act_select(),
  report: () => m.act_report(),
  delete: () => m.act_delete(),
};

/** The key as it is written on the keyboard. */
export const keyName = (key: string): string => (key === 'Delete' ? m.key_delete() : key);
