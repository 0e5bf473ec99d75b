// What a person can do with a message, in the order in which a menu lists it.

import type { MessageContent, MessageRow, Poll, RoomPermissions } from '../../protocol';

export type MessageAction =
  | 'reply'
  | 'thread'
  | 'react'
  | 'edit'
  | 'copy'
  | 'quote'
  | 'link'
  | 'forward'
  | 'pin'
  | 'unpin'
  | 'unread'
  | 'details'
  | 'history'
  | 'select'
  | 'report'
  | 'delete';

export interface Situation {
  permissions: RoomPermissions;
  canSend: boolean;
  /** The message is shown within its thread. */
  inThread: boolean;
  pinned: boolean;
}

const isThere = (content: MessageContent): boolean => content.type !== 'redacted';
const isReadable = (content: MessageContent): boolean => isThere(content) && content.type !== 'undecryptable';
/** Kinds whose words can be written anew in the composer; a poll has an editor of its own. */
export const hasWords = (content: MessageContent): boolean => ['text', 'emote', 'notice', 'attachment', 'gallery'].includes(content.type);
/** The queue changes no gallery while its files are on their way. */
export const canEdit = (message: MessageRow): boolean => message.editable && hasWords(message.content) && (message.eventId !== null || message.content.type !== 'gallery');
/** Whether a poll can still be written anew: as long as nobody is known to have voted. */
export const isUnvoted = (poll: Poll): boolean => !poll.ended && poll.voters === 0 && poll.tally === 'complete';
const canEditPoll = ({ content, editable, eventId }: MessageRow): boolean => editable && eventId !== null && content.type === 'poll' && isUnvoted(content.poll);
const canTravel = (content: MessageContent): boolean => isReadable(content) && content.type !== 'unknown';

export function canDelete(message: MessageRow, permissions: RoomPermissions): boolean {
  if (!isThere(message.content)) return false;
  if (message.eventId === null) return message.own;
  return message.own ? permissions.redactOwn || permissions.redactOthers : permissions.redactOthers;
}

export const canForward = (message: MessageRow): boolean => message.eventId !== null && canTravel(message.content);

export const canSelect = (message: MessageRow): boolean => message.eventId !== null && isThere(message.content);

export function availableActions(message: MessageRow, { permissions, canSend, inThread, pinned }: Situation): MessageAction[] {
  const { content } = message;
  const sent = message.eventId !== null;
  const answers = sent && canSend && isReadable(content);
  const possible: Record<MessageAction, boolean> = {
    reply: answers,
    thread: answers && !inThread,
    react: sent && permissions.react && isReadable(content),
    edit: canSend && (canEdit(message) || canEditPoll(message)),
    copy: isReadable(content),
    quote: isReadable(content),
    link: sent,
    forward: canForward(message),
    pin: sent && !pinned && permissions.pin && isThere(content),
    unpin: sent && pinned && permissions.pin,
    unread: sent && !inThread,
    details: sent,
    history: sent && message.edited && isReadable(content),
    select: canSelect(message),
    report: sent && !message.own && isThere(content),
    delete: canDelete(message, permissions),
  };
  return (Object.keys(possible) as MessageAction[]).filter((action) => possible[action]);
}
