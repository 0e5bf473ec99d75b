import { beforeEach, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { changeSentence, previewWords } from './room-words';

beforeEach(() => setLanguage('de'));

test('several files in one message are counted, and their caption is named', () => {
  expect(previewWords({ type: 'gallery', count: 3, caption: null })).toBe('3 Dateien');
  expect(previewWords({ type: 'gallery', count: 1, caption: null })).toBe('Eine Datei');
  expect(previewWords({ type: 'gallery', count: 3, caption: 'Begehung' })).toBe('3 Dateien: Begehung');
});

test('a call is named, and that it cannot be answered here', () => {
  const said = (type: 'callStarted' | 'callJoined' | 'callLeft') => changeSentence('Anna', { type }).replace(/[\u2068\u2069]/g, '');
  expect(said('callStarted')).toBe('Anna hat einen Anruf begonnen. Dieser Anruf kann hier nicht angenommen werden.');
  expect(said('callJoined')).toBe('Anna nimmt an einem Anruf teil.');
  expect(said('callLeft')).toBe('Anna hat den Anruf verlassen.');
});
