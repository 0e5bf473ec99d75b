import { beforeEach, describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { keller, message, paragraph, self } from '../fixture/messages';
import type { Attachment, AttachmentKind, Block, DecryptionFailure, MessageContent, MessageRow } from '../protocol';
import { messageLabel } from './message-label';
import { decryptionWords } from './message-words';

const at = new Date(2026, 10, 23, 9, 5).getTime();
const said = (text: string): MessageContent => ({ type: 'text', blocks: [paragraph(text)] });

function row(content: MessageContent, more: Partial<MessageRow> = {}, own = false): MessageRow {
  const made = message(own ? self : keller, at, content, more).content;
  if (made.type !== 'message') throw new Error('not a message');
  return made;
}

/** Without the marks that isolate names. */
const spoken = (message: MessageRow, pinned = false) => messageLabel(message, pinned).replace(/[\u2068\u2069]/g, '');

const file = (kind: AttachmentKind, filename: string): Attachment => ({ kind, filename, mimeType: null, size: null, durationMs: null, file: 't', picture: null, waveform: [] });
const caption: Block[] = [paragraph('Der neue Aushang')];

beforeEach(() => setLanguage('de'));

describe('what a screen reader says about a message', () => {
  test.each<[string, MessageContent, string]>([
    ['a text', said('Guten Morgen'), 'Jonas Keller: Guten Morgen. 09:05.'],
    ['an emote', { type: 'emote', blocks: [paragraph('holt Kaffee')] }, 'Jonas Keller holt Kaffee. 09:05.'],
    ['a notice', { type: 'notice', blocks: [paragraph('Wartung um 18 Uhr.')] }, 'Jonas Keller: Wartung um 18 Uhr. 09:05.'],
    ['a picture', { type: 'attachment', attachment: file('image', 'Plan.png'), caption: null }, 'Jonas Keller: Bild: Plan.png. 09:05.'],
    ['a picture with a caption', { type: 'attachment', attachment: file('image', 'Plan.png'), caption }, 'Jonas Keller: Bild: Plan.png. Der neue Aushang. 09:05.'],
    ['a video', { type: 'attachment', attachment: file('video', 'Film.mp4'), caption: null }, 'Jonas Keller: Video: Film.mp4. 09:05.'],
    ['a piece of audio', { type: 'attachment', attachment: file('audio', 'Ton.ogg'), caption: null }, 'Jonas Keller: Audio: Ton.ogg. 09:05.'],
    ['a voice message', { type: 'attachment', attachment: { ...file('voice', 'Sprache.ogg'), durationMs: 72_400 }, caption: null }, 'Jonas Keller: Sprachnachricht, 1 Minute und 12 Sekunden. 09:05.'],
    ['a short voice message', { type: 'attachment', attachment: { ...file('voice', 'Sprache.ogg'), durationMs: 12_000 }, caption }, 'Jonas Keller: Sprachnachricht, 12 Sekunden: Der neue Aushang. 09:05.'],
    ['a voice message of unknown length', { type: 'attachment', attachment: file('voice', 'Sprache.ogg'), caption: null }, 'Jonas Keller: Sprachnachricht. 09:05.'],
    ['a file', { type: 'attachment', attachment: file('file', 'Liste.pdf'), caption: null }, 'Jonas Keller: Datei: Liste.pdf. 09:05.'],
    ['a gallery', { type: 'gallery', items: [{ type: 'file', attachment: file('image', 'a.png'), caption: null }, { type: 'unknown', itemType: 'org.example.plan', fallback: 'Plan' }], caption }, 'Jonas Keller: 2 Dateien (Bild a.png, Plan): Der neue Aushang. 09:05.'],
    ['a gallery of many files', { type: 'gallery', items: ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'].map((name) => ({ type: 'file', attachment: file('file', name), caption: null })), caption: null }, 'Jonas Keller: 4 Dateien (Datei a.pdf, Datei b.pdf, Datei c.pdf, …). 09:05.'],
    ['a sticker', { type: 'sticker', text: 'Daumen hoch', attachment: file('image', 's.png') }, 'Jonas Keller: Sticker: Daumen hoch. 09:05.'],
    ['a place', { type: 'location', text: 'Rathaus', geoUri: 'geo:1,2', map: null }, 'Jonas Keller: Standort: Rathaus. 09:05.'],
    ['a poll', { type: 'poll', poll: { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 1, own: false }], voters: 1, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' } }, 'Jonas Keller: Laufende Umfrage, Sie haben noch nicht abgestimmt: Wann? 09:05.'],
    ['a poll with one’s own vote', { type: 'poll', poll: { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 1, own: true }], voters: 1, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' } }, 'Jonas Keller: Laufende Umfrage, Sie haben abgestimmt: Wann? 09:05.'],
    ['a poll that has ended', { type: 'poll', poll: { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 1, own: false }], voters: 1, voteWaiting: false, ended: true, endedAtMs: null, tally: 'complete' } }, 'Jonas Keller: Abgeschlossene Umfrage, Sie haben nicht abgestimmt: Wann? 09:05.'],
    ['a poll that has ended, with one’s own vote', { type: 'poll', poll: { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 1, own: true }], voters: 1, voteWaiting: false, ended: true, endedAtMs: null, tally: 'partial' } }, 'Jonas Keller: Abgeschlossene Umfrage, Sie haben abgestimmt: Wann? 09:05.'],
    ['a poll of which only the question is known', { type: 'poll', poll: { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 1, own: false }], voters: 1, voteWaiting: false, ended: false, endedAtMs: null, tally: 'counting' } }, 'Jonas Keller: Umfrage: Wann? 09:05.'],
    ['a deleted message', { type: 'redacted', by: null, reason: null }, 'Jonas Keller: Gelöschte Nachricht. 09:05.'],
    ['a message that somebody else deleted', { type: 'redacted', by: self, reason: 'Doppelt' }, 'Jonas Keller: Sabine Vogt hat diese Nachricht gelöscht. Grund: Doppelt. 09:05.'],
    ['a message that was deleted for a reason', { type: 'redacted', by: null, reason: 'Doppelt' }, 'Jonas Keller: Diese Nachricht wurde gelöscht. Grund: Doppelt. 09:05.'],
    ['a kind nobody knows', { type: 'unknown', eventType: 'org.example.form', fallback: 'Formular' }, 'Jonas Keller: Formular. 09:05.'],
    ['a kind nobody knows, without words', { type: 'unknown', eventType: 'org.example.form', fallback: null }, 'Jonas Keller: Andere Nachricht. 09:05.'],
  ])('%s', (_kind, content, expected) => {
    expect(spoken(row(content))).toBe(expected);
  });

  test.each(Object.keys(decryptionWords) as DecryptionFailure[])('a message that cannot be read says why: %s', (cause) => {
    expect(spoken(row({ type: 'undecryptable', cause }))).toContain(decryptionWords[cause]());
  });

  test('a name that several people have comes with its Matrix ID, also in an answer', () => {
    const other = { ...keller, id: '@keller2:musterstadt.de', nameAmbiguous: true };
    const replyTo = { eventId: '$frage', sender: other, content: null, loading: false };
    const heard = spoken({ ...row(said('Gut'), { replyTo }), sender: { ...keller, id: '@keller:musterstadt.de', nameAmbiguous: true } });
    expect(heard).toMatch(/^Jonas Keller \(@keller:musterstadt\.de\): Gut\./);
    expect(heard).toContain('Jonas Keller (@keller2:musterstadt.de)');
  });

  test('one’s own message says where it stands', () => {
    expect(spoken(row(said('Gut'), { readBy: 2 }, true))).toBe('Sie: Gut. 09:05. Gesendet, von 2 Personen gelesen.');
    expect(spoken(row(said('Gut'), { sendState: { type: 'waiting' } }, true))).toContain('Wartet auf Verbindung.');
    expect(spoken(row(said('Gut'), { sendState: { type: 'failed', error: { kind: 'offline' } } }, true))).toContain('Nicht gesendet.');
  });

  test('edits, mentions, pins, quotes, doubts, reactions and threads are said as well', () => {
    const label = spoken(
      row(said('Bitte prüfen!'), {
        edited: true,
        highlighted: true,
        replyTo: { eventId: '$x', sender: self, content: { type: 'text', text: 'Hm' }, loading: false },
        shield: 'unsignedDevice',
        reactions: [{ key: '👍', count: 1, own: true, names: ['Sabine Vogt'] }, { key: '✅', count: 3, own: false, names: [] }],
        thread: { replies: 4, latest: null },
      }),
      true,
    );
    expect(label).toBe(
      'Jonas Keller: Bitte prüfen! Antwort an Sabine Vogt. 09:05. Erwähnt Sie. Bearbeitet. Angeheftet. Gesendet von einem Gerät, das diese Person nicht bestätigt hat. Reaktionen: 👍 von 1 Person und ✅ von 3 Personen. 4 Antworten.',
    );
  });

  test('of very many reactions the first are said, and how many more there are', () => {
    const reactions = Array.from({ length: 100 }, (_, index) => ({ key: `Z${index}`, count: 1, own: false, names: [] }));
    const label = spoken(row(said('Gut'), { reactions }));
    expect(label).toContain('Z9 von 1 Person und 90 weitere Reaktionen.');
    expect(label).not.toContain('Z10');
  });

  test('every language has its own words', () => {
    setLanguage('fr');
    expect(spoken(row(said('Bonjour'), {}, true))).toBe('Vous : Bonjour. 09:05. Envoyé.');
  });
});
