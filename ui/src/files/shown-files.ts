// The files of messages, the latest first; a gallery is as many files as it holds.

import { galleryFiles } from '../media/gallery-files';
import type { Attachment, AttachmentKind, FileFilter, MessageRow, TimelineRow } from '../protocol';

export interface ListedFile {
  id: string;
  attachment: Attachment;
  row: MessageRow;
}

const filterOf: Record<AttachmentKind, FileFilter> = { image: 'pictures', video: 'pictures', audio: 'audio', voice: 'audio', file: 'documents' };

export const isOfKind = ({ kind }: Attachment, filter: FileFilter): boolean => filter === 'all' || filterOf[kind] === filter;

/** A gallery may hold what the filter leaves out beside what it looks for. */
export function filesOf(rows: readonly TimelineRow[], filter: FileFilter): ListedFile[] {
  return rows
    .flatMap(({ id, content: row }): ListedFile[] => {
      if (row.type !== 'message') return [];
      if (row.content.type === 'attachment') return [{ id, attachment: row.content.attachment, row }];
      return row.content.type === 'gallery' ? galleryFiles(row.content.items).map((attachment, index) => ({ id: `${id} ${index}`, attachment, row })) : [];
    })
    .filter(({ attachment }) => isOfKind(attachment, filter))
    .sort((a, b) => b.row.timestampMs - a.row.timestampMs);
}
