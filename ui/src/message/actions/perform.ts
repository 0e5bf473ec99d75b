// What the actions on a message do.

import { m } from '../../paraglide/messages';
import type { MessageContent, MessageRow, PreviewContent, ReplyPreview } from '../../protocol';
import { authorName, shortDateTime } from '../../words/format';
import { blockText, contentText } from '../../words/message-words';
import { contentPlain, quotation } from '../../words/plain-text';
import type { MessageAction } from './available';
import { copyLater } from './clipboard';
import type { MessageActions, Target } from './message-actions.svelte';

function previewContent(content: MessageContent): PreviewContent {
  if (content.type === 'attachment') {
    const { kind, filename } = content.attachment;
    const caption = content.caption && blockText(content.caption);
    if (kind === 'image' || kind === 'video') return { type: kind, caption };
    return kind === 'file' ? { type: 'file', filename } : { type: kind };
  }
  if (content.type === 'poll') return { type: 'poll', question: content.poll.question };
  if (content.type === 'sticker') return { type: 'sticker', text: content.text };
  if (content.type === 'location') return { type: 'location' };
  return { type: 'text', text: contentText(content) };
}

/** What the composer shows of the message that is answered. */
const replyPreview = (message: MessageRow, eventId: string): ReplyPreview => ({ eventId, sender: message.sender, content: previewContent(message.content), loading: false });

/** As it was written, where the core still knows; otherwise as it is shown. */
async function quotable(actions: MessageActions, message: MessageRow): Promise<string> {
  const { app, id } = actions.conversation;
  if (message.eventId === null || message.content.type !== 'text') return contentPlain(message.content);
  return app.backend.messageSource(id, message.eventId).then(
    (source) => source.text,
    () => contentPlain(message.content),
  );
}

/** Markdown, with who said it and when. */
async function quoted(actions: MessageActions, message: MessageRow): Promise<string> {
  const head = m.quote_head({ name: authorName(message.sender), date: shortDateTime(message.timestampMs) });
  return quotation(`${head}\n${await quotable(actions, message)}`);
}

export async function copied(actions: MessageActions, text: string | Promise<string>, done: string): Promise<void> {
  actions.tell((await copyLater(text)) ? done : m.copy_failed());
}

export async function perform(actions: MessageActions, action: MessageAction, target: Target): Promise<void> {
  const { conversation } = actions;
  const { app, roomId, draft } = conversation;
  const { rowId, message } = target;
  const { eventId } = message;

  switch (action) {
    case 'copy':
      return copied(actions, contentPlain(message.content), m.copied_text());
    case 'quote':
      return copied(actions, quoted(actions, message), m.copied_quote());
    case 'delete':
      actions.question = { type: 'delete', targets: [target] };
      return;
    case 'edit': {
      if (message.content.type === 'poll') {
        if (eventId !== null) conversation.pollTask = { type: 'edit', eventId, poll: message.content.poll };
        return;
      }
      const edits = eventId ?? rowId;
      const source = await app.attempt(app.backend.messageSource(conversation.id, edits));
      if (!source) return;
      if (draft.editChanged && draft.edits !== edits) actions.tell(m.edit_waits());
      draft.beginEdit({ ...source, edits });
      return actions.write();
    }
    case 'react':
      actions.picker = target;
      return;
  }
  if (eventId === null) return;
  switch (action) {
    case 'reply':
      if (draft.editChanged) actions.tell(m.edit_waits());
      draft.answer(replyPreview(message, eventId));
      return actions.write();
    case 'thread':
      return actions.openThread(eventId);
    case 'link': {
      const link = app.backend.permalink(roomId, eventId);
      link.catch((error: unknown) => app.report(error));
      return copied(actions, link, m.copied_link()).catch(() => {});
    }
    case 'pin':
    case 'unpin':
      await app.attempt(app.backend.setPinned(roomId, eventId, action === 'pin'));
      return;
    case 'unread':
      if (await conversation.markUnread()) actions.tell(m.marked_unread());
      return;
    case 'forward':
      actions.question = { type: 'forward', targets: [target] };
      return;
    case 'details':
    case 'history':
    case 'report':
      actions.question = { type: action, target };
      return;
    case 'select':
      return actions.select(rowId);
  }
}
