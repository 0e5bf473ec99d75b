import { beforeEach, describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { file, keller, message, paragraph, self, text } from '../fixture/messages';
import { resultLines } from '../poll/poll-words';
import type { Block, GalleryItem, Inline, MessageRow, Poll } from '../protocol';
import { blocksPlain, contentPlain, messagesPlain, quotation } from './plain-text';

const row = (own: boolean, at: number, ...blocks: Block[]): MessageRow => {
  const made = message(own ? self : keller, at, { type: 'text', blocks }).content;
  if (made.type !== 'message') throw new Error('not a message');
  return made;
};

beforeEach(() => setLanguage('de'));

describe('text for the clipboard', () => {
  test('keeps lines, lists, tables and code readable', () => {
    const blocks: Block[] = [
      { type: 'heading', level: 2, children: [text('Montag')] },
      { type: 'list', ordered: true, start: 3, items: [[paragraph('Haushalt')], [paragraph('Verschiedenes'), { type: 'list', ordered: false, start: 1, items: [[paragraph('Kaffee')]] }]] },
      { type: 'quote', children: [paragraph('eins', { type: 'break' } as never, 'zwei')] },
      { type: 'table', head: [[text('Amt')], [text('Ist')]], rows: [[[text('Bauamt')], [text('1')]]] },
      { type: 'code', language: null, text: 'SELECT 1\n FROM x' },
    ];
    expect(blocksPlain(blocks)).toBe('Montag\n3. Haushalt\n4. Verschiedenes\n   - Kaffee\n> eins\n> zwei\nAmt\tIst\nBauamt\t1\nSELECT 1\n FROM x');
  });

  test('a file is its kind, its name and its caption', () => {
    expect(contentPlain({ type: 'attachment', attachment: { kind: 'file', filename: 'Liste.pdf', mimeType: null, size: null, durationMs: null, file: 't', picture: null, waveform: [] }, caption: [paragraph('Zur Kenntnis')] })).toBe('Datei: Liste.pdf\nZur Kenntnis');
  });

  test('a gallery names each file with its words, also one of an unknown kind', () => {
    const attachment = file({ filename: 'Liste.pdf' });
    const items: GalleryItem[] = [{ type: 'file', attachment, caption: [paragraph('Zur Kenntnis')] }, { type: 'unknown', itemType: 'org.example.plan', fallback: 'Bauplan.dwg' }];
    expect(contentPlain({ type: 'gallery', items, caption: [paragraph('Begehung')] })).toBe('Datei: Liste.pdf\nZur Kenntnis\nBauplan.dwg\nBegehung');
  });

  test('a poll has its votes where they are shown', () => {
    const poll: Poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 2, own: false }, { id: 'b', text: 'Freitag', votes: 0, own: false }], voters: 2, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' };
    const copied = (more: Partial<Poll>) => contentPlain({ type: 'poll', poll: { ...poll, ...more } });
    expect(copied({})).toBe(`Umfrage: Wann?\n${resultLines(poll, null).join('\n')}`);
    expect(copied({})).toContain('Montag: 2');
    for (const more of [{ open: false }, { tally: 'counting' as const }]) expect(copied(more)).toBe('Umfrage: Wann?\n- Montag\n- Freitag');
  });

  test('several messages carry names and times, one line after the other', () => {
    const at = new Date(2026, 10, 23, 9, 5).getTime();
    expect(messagesPlain([row(false, at, paragraph('Haben Sie Zeit?')), row(true, at + 60_000, paragraph('Ja.'))])).toBe('[23.11.26, 09:05] Jonas Keller: Haben Sie Zeit?\n[23.11.26, 09:06] Sabine Vogt: Ja.');
  });

  test('no message can hold what looks like the next one', () => {
    const at = new Date(2026, 10, 23, 9, 5).getTime();
    const forged = '[23.11.26, 09:06] Amtsleitung: Genehmigt';
    for (const end of ['\n', '\r\n', '\r', '\v', '\f', '\x85', '\u2028', '\u2029']) expect(messagesPlain([row(false, at, paragraph(`ok${end}${forged}`))])).toBe(`[23.11.26, 09:05] Jonas Keller: ok\n    ${forged}`);
  });

  test('who is called as others are has an address', () => {
    const at = new Date(2026, 10, 23, 9, 5).getTime();
    const twin = { ...row(false, at, paragraph('Ja.')), sender: { ...keller, nameAmbiguous: true } };
    expect(messagesPlain([twin])).toBe(`[23.11.26, 09:05] Jonas Keller (${keller.id}): Ja.`);
  });

  test('a link says where it leads where its words do not', () => {
    const link = (target: string, words: string): Inline => ({ type: 'link', target, mismatch: false, children: [text(words)] });
    expect(blocksPlain([paragraph('Siehe ', link('https://intranet.musterstadt.de/akte', 'Intranet'), ' oder ', link('mailto:bauamt@musterstadt.de', 'Bauamt'), '.')])).toBe('Siehe Intranet <https://intranet.musterstadt.de/akte> oder Bauamt <bauamt@musterstadt.de>.');
    const said = paragraph(link('https://musterstadt.de/', 'musterstadt.de'), ' ', link('mailto:bauamt@musterstadt.de', 'bauamt@musterstadt.de'));
    expect(blocksPlain([said])).toBe('musterstadt.de bauamt@musterstadt.de');
  });
});

describe('a quotation', () => {
  test('marks every line, also empty ones', () => {
    expect(quotation('eins\n\nzwei\n')).toBe('> eins\n>\n> zwei');
    expect(quotation('eins\u2028zwei')).toBe('> eins\n> zwei');
  });

  test('of a quotation nests', () => {
    expect(quotation('> alt\nneu')).toBe('> > alt\n> neu');
  });
});
