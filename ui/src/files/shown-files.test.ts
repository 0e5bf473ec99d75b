import { expect, test } from 'vitest';

import { file, keller, message } from '../fixture/messages';
import type { AttachmentKind, FileFilter, GalleryItem } from '../protocol';
import { filesOf } from './shown-files';

const item = (kind: AttachmentKind): GalleryItem => ({ type: 'file', attachment: file({ kind, filename: kind }), caption: null });

test('of a gallery, only what is looked for is listed', () => {
  const rows = [message(keller, 1, { type: 'gallery', items: (['image', 'file', 'audio', 'video', 'voice'] as const).map(item), caption: null })];
  const listed = (filter: FileFilter) => filesOf(rows, filter).map(({ attachment }) => attachment.filename);
  expect(listed('pictures')).toEqual(['image', 'video']);
  expect(listed('audio')).toEqual(['audio', 'voice']);
  expect(listed('documents')).toEqual(['file']);
  expect(listed('all')).toHaveLength(5);
});

test('the latest message comes first, and a gallery keeps its order', () => {
  const rows = [message(keller, 1, { type: 'attachment', attachment: file({ filename: 'alt' }), caption: null }), message(keller, 2, { type: 'gallery', items: [item('image'), item('file')], caption: null })];
  expect(filesOf(rows, 'all').map(({ attachment }) => attachment.filename)).toEqual(['image', 'file', 'alt']);
});
