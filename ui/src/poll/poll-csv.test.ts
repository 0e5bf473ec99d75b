import { beforeEach, describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import type { Poll, PollVotes, Sender } from '../protocol';
import { exactTime } from '../words/format';
import { csv, csvName, pollCsv } from './poll-csv';

beforeEach(() => setLanguage('de'));

const person = (id: string, name: string): Sender => ({ id, name, nameAmbiguous: false, avatar: null });
const poll: Poll = {
  question: 'Wann?',
  open: true,
  maxSelections: 2,
  voters: 2,
  voteWaiting: false,
  ended: false,
  endedAtMs: null,
  tally: 'complete',
  answers: [
    { id: 'a', text: 'Montag, 9 Uhr', votes: 2, own: false },
    { id: 'b', text: '=1+1', votes: 1, own: false },
  ],
};
const lines = (text: string) => text.slice(1).split('\r\n');
const at = new Date(2026, 10, 23, 9, 5).getTime();
const moment = () => exactTime(at, 'short');
/** Without what says what the table is about. */
const table = (votes: PollVotes | null) => lines(pollCsv(poll, votes, null, at)).slice(6);

describe('the table of a poll', () => {
  test('begins with a byte order mark, ends every line as RFC 4180 says, and separates as German programs do', () => {
    const text = csv([['a', 'b'], ['c', 'd']]);
    expect(text).toBe('\uFEFFa;b\r\nc;d\r\n');
  });

  test('quotes what would end a field, and doubles quotes in it', () => {
    expect(csv([['a,b', 'sagt "nein"', 'eins\nzwei', 'x;y', ' rand']])).toBe('\uFEFF"a,b";"sagt ""nein""";"eins\nzwei";"x;y";" rand"\r\n');
  });

  test('nothing in it is a formula for a spreadsheet', () => {
    const evil = ['=HYPERLINK("http://x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', '＠x'];
    for (const value of evil) {
      const field = csv([[value]]).slice(1, -2).replace(/^"/, '');
      expect(field.startsWith("'")).toBe(true);
    }
    expect(csv([['a=b', '3-1']])).toBe('\uFEFFa=b;3-1\r\n');
  });

  test('without names it has a line per answer', () => {
    expect(table(null)).toEqual(['Antwort;Stimmen;Anteil', '"Montag, 9 Uhr";2;100\u00a0%', "'=1+1;1;50\u00a0%", '']);
  });

  test('says first what was asked, how it stands and when, how many took part and how it came out', () => {
    const running = lines(pollCsv({ ...poll, question: '=Wann; "bald"?' }, null, 8, at)).slice(0, 6);
    expect(running).toEqual([
      `Frage;"'=Wann; ""bald""?"`,
      'Zustand;Die Umfrage läuft noch.',
      `Stand;"${moment()}"`,
      'Beteiligung;2 von 8 Mitgliedern haben abgestimmt (25\u00a0%)',
      'Ergebnis;"Die meisten Stimmen hat „Montag, 9 Uhr“ (2 Stimmen)."',
      '',
    ]);
    const tied = { ...poll, ended: true, endedAtMs: at, answers: poll.answers.map((answer) => ({ ...answer, votes: 1 })) };
    const ended = lines(pollCsv(tied, null, null, at));
    expect(ended[1]).toBe(`Zustand;"Beendet: ${moment()}"`);
    expect(ended[4]).toBe('Ergebnis;"Gleichstand mit je 1 Stimme: „Montag, 9 Uhr“ und „=1+1“"');
    expect(lines(pollCsv({ ...tied, endedAtMs: null }, null, null, at))[1]).toBe('Zustand;Abgeschlossene Umfrage');
  });

  test('says where votes may be lacking', () => {
    const votes: PollVotes = { answers: [{ id: 'a', voters: [person('@anna:x.de', 'Anna')] }], missing: [], members: 1 };
    for (const known of [null, votes]) expect(lines(pollCsv({ ...poll, tally: 'partial' }, known, null, at))[3]).toMatch(/^Beteiligung;2 Personen haben abgestimmt\. .* nicht entschlüsselt/);
  });

  test('with names it has a line per person, those who are missing included, and the sums', () => {
    const anna = person('@anna:x.de', 'Anna');
    const evil = person('@evil:x.de', '=cmd|calc');
    const votes: PollVotes = { answers: [{ id: 'a', voters: [anna, evil] }, { id: 'b', voters: [anna] }], missing: [person('@otto:x.de', 'Otto')], members: 3 };
    expect(table(votes)).toEqual([
      'Person;Benutzerkennung;"Montag, 9 Uhr";\'=1+1',
      "Anna;'@anna:x.de;1;1",
      "'=cmd|calc;'@evil:x.de;1;",
      "Otto;'@otto:x.de;;",
      'Stimmen;;2;1',
      'Anteil;;100\u00a0%;50\u00a0%',
      '',
    ]);
  });

  test('its name holds no path and no control characters', () => {
    expect(csvName({ ...poll, question: '../../etc/passwd\u202E?\nZeile' })).toBe('Umfrage .. .. etc passwd Zeile.csv');
  });
});
