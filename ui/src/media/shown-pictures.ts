// The pictures of messages, one after the other.

import type { Attachment, Block, Sender, TimelineRow } from '../protocol';

export interface FoundPicture {
  attachment: Attachment;
  caption: readonly Block[] | null;
  sender: Sender;
  timestampMs: number;
}

export const isPicture = (attachment: Attachment): boolean => attachment.kind === 'image' && attachment.picture !== null;

export function picturesOf(rows: readonly TimelineRow[]): FoundPicture[] {
  return rows.flatMap(({ content }) => {
    if (content.type !== 'message') return [];
    const { sender, timestampMs, content: body } = content;
    if (body.type !== 'attachment' && body.type !== 'gallery') return [];
    const items = body.type === 'attachment' ? [body.attachment] : body.items;
    return items.filter(isPicture).map((attachment) => ({ attachment, caption: body.caption, sender, timestampMs }));
  });
}
