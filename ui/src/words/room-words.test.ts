import { beforeEach, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { previewWords } from './room-words';

beforeEach(() => setLanguage('de'));

test('several files in one message are counted, and their caption is named', () => {
  expect(previewWords({ type: 'gallery', count: 3, caption: null })).toBe('3 Dateien');
  expect(previewWords({ type: 'gallery', count: 1, caption: null })).toBe('Eine Datei');
  expect(previewWords({ type: 'gallery', count: 3, caption: 'Begehung' })).toBe('3 Dateien: Begehung');
});
