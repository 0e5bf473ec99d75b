// The pictures of messages, one after the other.

import type { Attachment, Block, Sender, TimelineRow } from '../protocol';
import { isPicture } from './gallery-files';

export interface FoundPicture {
  /** Stays while its message does, also when others come before it. */
  id: string;
  attachment: Attachment;
  caption: readonly Block[] | null;
  sender: Sender;
  timestampMs: number;
}

export function picturesOf(rows: readonly TimelineRow[]): FoundPicture[] {
  return rows.flatMap(({ id, content }) => {
    if (content.type !== 'message') return [];
    const { sender, timestampMs, content: body } = content;
    if (body.type !== 'attachment' && body.type !== 'gallery') return [];
    if (body.type === 'attachment') return isPicture(body.attachment) ? [{ id, attachment: body.attachment, caption: body.caption, sender, timestampMs }] : [];
    return body.items.flatMap((item, place) => (item.type === 'file' && isPicture(item.attachment) ? [{ id: `${id} ${place}`, attachment: item.attachment, caption: item.caption ?? body.caption, sender, timestampMs }] : []));
  });
}
