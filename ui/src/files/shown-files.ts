// The files of messages, the latest first; a gallery is as many files as it holds.

import { galleryFiles } from '../media/gallery-files';
import type { Attachment, MessageRow, TimelineRow } from '../protocol';

export interface ListedFile {
  id: string;
  attachment: Attachment;
  row: MessageRow;
}

export function filesOf(rows: readonly TimelineRow[]): ListedFile[] {
  return rows
    .flatMap(({ id, content: row }): ListedFile[] => {
      if (row.type !== 'message') return [];
      if (row.content.type === 'attachment') return [{ id, attachment: row.content.attachment, row }];
      return row.content.type === 'gallery' ? galleryFiles(row.content.items).map((attachment, index) => ({ id: `${id} ${index}`, attachment, row })) : [];
    })
    .sort((a, b) => b.row.timestampMs - a.row.timestampMs);
}
