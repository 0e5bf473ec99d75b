import { beforeEach, describe, expect, test, vi } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import type { Conversation } from '../conversation/conversation.svelte';
import type { Poll, PollVotes } from '../protocol';
import { leaders, liveWords, outcomeWords, resultText, turnoutWords } from './poll-words';
import { exactTime } from '../words/format';
import { mostNames, remind, reminder } from './remind';

beforeEach(() => setLanguage('de'));

const poll = (votes: (number | null)[], more: Partial<Poll> = {}): Poll => ({
  question: 'Wer kommt?',
  open: true,
  maxSelections: 1,
  voters: votes.reduce<number>((sum, count) => sum + (count ?? 0), 0),
  voteWaiting: false,
  ended: false,
  endedAtMs: null,
  tally: 'complete',
  answers: votes.map((count, index) => ({ id: `${index}`, text: ['Ja', 'Nein', 'Vielleicht'][index]!, votes: count, own: false })),
  ...more,
});
/** Without the marks that isolate names. */
const plain = (text: string | undefined) => text?.replace(/[\u2068\u2069]/g, '');

describe('the outcome of a poll in words', () => {
  test('one leader is named with the votes', () => {
    expect(plain(outcomeWords(poll([3, 1, 0])))).toBe('Die meisten Stimmen hat „Ja“ (3 Stimmen).');
    expect(plain(outcomeWords(poll([0, 1, 0])))).toBe('Die meisten Stimmen hat „Nein“ (1 Stimme).');
  });

  test('a tie is called a tie, and names all who share it', () => {
    expect(plain(outcomeWords(poll([2, 2, 1])))).toBe('Gleichstand mit je 2 Stimmen: „Ja“ und „Nein“');
    expect(leaders(poll([2, 2, 2]))).toHaveLength(3);
  });

  test('no votes are no tie', () => {
    expect(leaders(poll([0, 0]))).toEqual([]);
    expect(outcomeWords(poll([0, 0]))).toBe('Noch keine Stimmen.');
    expect(outcomeWords(poll([0, 0], { ended: true }))).toBe('Niemand hat abgestimmt.');
  });

  test('the turnout is measured against the members where that makes sense', () => {
    expect(turnoutWords(poll([9]), 14)).toBe('9 von 14 Mitgliedern haben abgestimmt (64\u00a0%)');
    expect(turnoutWords(poll([9]), 7)).toBe('9 Personen haben abgestimmt');
    expect(turnoutWords(poll([1]), null)).toBe('1 Person hat abgestimmt');
    expect(turnoutWords(poll([1], { tally: 'partial' }), null)).toMatch(/^1 Person hat abgestimmt\. .* nicht entschlüsselt/);
  });

  test.each([
    ['de', ['0 von 10 Mitgliedern haben abgestimmt', '1 von 10 Mitgliedern hat abgestimmt', '2 von 10 Mitgliedern haben abgestimmt']],
    ['en', ['0 of 10 members voted', '1 of 10 members voted', '2 of 10 members voted']],
    ['fr', ['0 membre sur 10 a voté', '1 membre sur 10 a voté', '2 membres sur 10 ont voté']],
  ] as const)('the turnout agrees with the number of those who voted: %s', (language, wanted) => {
    setLanguage(language);
    expect([0, 1, 2].map((voters) => turnoutWords(poll([voters]), 10).replace(/ \(.*/u, ''))).toEqual(wanted);
  });

  test('it can be copied as text, line by line', () => {
    const at = new Date(2026, 10, 23, 9, 5).getTime();
    const moment = exactTime(at, 'short');
    const result = 'Ja: 3 Stimmen (75\u00a0%)\nNein: 1 Stimme (25\u00a0%)\nDie meisten Stimmen hat „Ja“ (3 Stimmen).\n4 von 8 Mitgliedern haben abgestimmt (50\u00a0%)';
    expect(plain(resultText(poll([3, 1]), 8, at))).toBe(`Wer kommt?\nDie Umfrage läuft noch. Stand: ${moment}\n${result}`);
    expect(plain(resultText(poll([3, 1], { ended: true, endedAtMs: at }), 8, at + 1000))).toBe(`Wer kommt?\nBeendet: ${moment}\n${result}`);
  });

  test('a change is spoken as numbers, the end as the outcome', () => {
    expect(plain(liveWords(poll([3, 1])))).toBe('Neuer Stand der Umfrage „Wer kommt?“: Ja 3 und Nein 1');
    expect(plain(liveWords(poll([3, 1], { ended: true })))).toContain('ist beendet. Die meisten Stimmen hat „Ja“');
  });
});

describe('the reminder', () => {
  const people = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `@p${index}:x.de`, name: index < 2 ? 'Thomas Brandt' : `Person ${index}`, nameAmbiguous: index < 2, avatar: null }));
  const votes = (missing: number): PollVotes => ({ answers: [{ id: '0', voters: [] }], missing: people(missing), members: missing });

  test('names those who have not voted, by identifier where a name is not enough, and never oneself', () => {
    const found = reminder(poll([0, 0]), votes(4), { notifyRoom: true }, '@p3:x.de');
    expect(found?.mentions.map((mention) => mention.label)).toEqual(['@p0:x.de', '@p1:x.de', '@Person 2']);
    expect(found?.text).toBe('@p0:x.de, @p1:x.de, @Person 2 Bitte stimmen Sie noch ab: Wer kommt?');
  });

  test('addresses everybody where there are too many, or where nobody may know who is missing', () => {
    for (const of of [votes(mostNames + 1), { answers: [], missing: [], members: 9 }]) {
      expect(reminder(poll([0, 0]), of, { notifyRoom: true }, '@me:x.de')?.mentions).toEqual([{ label: '@room', target: { type: 'everyone' } }]);
      expect(reminder(poll([0, 0]), of, { notifyRoom: false }, '@me:x.de')).toEqual({ text: 'Bitte stimmen Sie noch ab: Wer kommt?', mentions: [] });
    }
  });

  test('says before it is sent that it also addresses those who have voted', async () => {
    const written = vi.fn();
    const ask = (found: PollVotes) =>
      remind(
        {
          app: { attempt: (answer: unknown) => answer, backend: { pollVotes: async () => found } },
          roomId: '!raum:x.de',
          details: { permissions: { notifyRoom: true } },
          message: () => null,
          draft: { editChanged: false, setEditAside: () => {}, restore: written },
        } as unknown as Conversation,
        poll([0, 0]),
        '$umfrage',
        '@me:x.de',
      );
    const secret = { answers: [], missing: [], members: 9 };
    for (const found of [votes(mostNames + 1), secret]) expect(await ask(found)).toContain('auch an die, die schon abgestimmt haben');
    expect(await ask(votes(mostNames))).toBeNull();
    expect(written).toHaveBeenCalledTimes(3);
    expect(written.mock.lastCall![0].mentions).toHaveLength(mostNames);
  });

  test('is not written when all have voted', () => {
    expect(reminder(poll([1, 0]), votes(0), { notifyRoom: true }, '@me:x.de')).toBeNull();
  });
});
