import { beforeEach, describe, expect, test, vi } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { dateAnswer } from './date-answer';
import { findProblems, isSound, longestAnswer, mostAnswers, PollForm } from './poll-form.svelte';

const answers = (...texts: string[]) => texts.map((text, key) => ({ key, text }));

describe('what a poll needs before it can be sent', () => {
  test('a question and two different answers are enough', () => {
    expect(isSound(findProblems('Wann?', answers('Montag', 'Dienstag', ''), 1))).toBe(true);
  });

  test('blanks are neither a question nor an answer', () => {
    const problems = findProblems('  ', answers('Montag', ' '), 1);
    expect(problems.question).toBe('missing');
    expect(problems.tooFew).toBe(true);
  });

  test('the same answer twice is found, whatever its case', () => {
    expect([...findProblems('?', answers('Ja', 'Nein', ' ja '), 1).answers]).toEqual([[2, 'duplicate']]);
  });

  test('what is too long is said, and not cut off', () => {
    expect(findProblems('?', answers('x'.repeat(longestAnswer + 1), 'b'), 1).answers.get(0)).toBe('tooLong');
  });

  test('nobody may choose more answers than there are, or none', () => {
    for (const most of [0, 3, 1.5, NaN]) expect(findProblems('?', answers('a', 'b'), most).most).toBe(true);
    expect(findProblems('?', answers('a', 'b'), 2).most).toBe(false);
  });
});

describe('a poll being written', () => {
  test('templates fill what is empty and overwrite nothing', () => {
    const form = new PollForm();
    form.answers[0]!.text = 'Später';
    expect(form.fill(['Ja', 'Nein', 'Später'])).toBe(2);
    expect(form.answers.map((answer) => answer.text)).toEqual(['Später', 'Ja', 'Nein']);
  });

  test('answers change places and keep who they are', () => {
    const form = new PollForm();
    form.fill(['a', 'b', 'c']);
    const keys = form.answers.map((answer) => answer.key);
    expect(form.move(2, -1)).toBe(true);
    expect(form.answers.map((answer) => answer.text)).toEqual(['a', 'c', 'b']);
    expect(form.answers.map((answer) => answer.key)).toEqual([keys[0], keys[2], keys[1]]);
    expect(form.move(0, -1)).toBe(false);
    expect(form.move(2, 1)).toBe(false);
  });

  test('there are never fewer than two fields, nor more than twenty', () => {
    const form = new PollForm();
    form.remove(0);
    expect(form.answers).toHaveLength(2);
    form.fill(Array.from({ length: 30 }, (_, index) => `${index}`));
    expect(form.answers).toHaveLength(mostAnswers);
    expect(form.addAfter(0)).toBeNull();
  });

  test('a poll that is changed begins with what it says', () => {
    const form = new PollForm({ question: 'Q', open: false, maxSelections: 2, answers: [{ text: 'A' }, { text: 'B' }] });
    expect(form.draft()).toEqual({ question: 'Q', answers: ['A', 'B'], open: false, maxSelections: 2 });
  });

  test('with every date one more may be chosen, until somebody sets a limit', () => {
    const form = new PollForm();
    form.fillDates(['Montag']);
    form.fillDates(['Dienstag']);
    expect(form.most).toBe(2);
    form.most = 1;
    form.limited = true;
    form.fillDates(['Mittwoch']);
    expect(form.most).toBe(1);
    const edit = new PollForm({ question: 'Q', open: true, maxSelections: 1, answers: [{ text: 'A' }, { text: 'B' }] });
    edit.fillDates(['C']);
    expect(edit.most).toBe(1);
  });

  test('empty fields are not sent', () => {
    const form = new PollForm();
    form.question = ' Wann? ';
    form.fill([' a ', 'b']);
    form.addAfter(0);
    expect(form.draft().answers).toEqual(['a', 'b']);
    expect(form.draft().question).toBe('Wann?');
  });
});

describe('a proposed date', () => {
  const now = new Date(2026, 10, 25);
  beforeEach(() => setLanguage('de'));

  test('is written as the reader writes dates, with the year only where it is another one', () => {
    expect(dateAnswer({ date: '2026-12-08', from: '', to: '' }, now)).toBe('Dienstag, 8. Dezember');
    expect(dateAnswer({ date: '2027-01-12', from: '', to: '' }, now)).toBe('Dienstag, 12. Januar 2027');
  });

  test('says when it begins and ends, and in which time zone, by day and by season', async () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    vi.resetModules();
    const { setLanguage } = await import('../app/locale.svelte');
    const { dateAnswer } = await import('./date-answer');
    setLanguage('de');
    expect(dateAnswer({ date: '2026-12-08', from: '09:00', to: '' }, now)).toBe('Dienstag, 8. Dezember, 09:00 Uhr (MEZ)');
    expect(dateAnswer({ date: '2026-07-07', from: '09:00', to: '10:30' }, now)).toBe('Dienstag, 7. Juli, 09:00 bis 10:30 Uhr (MESZ)');
    setLanguage('en');
    expect(dateAnswer({ date: '2026-12-08', from: '09:00', to: '' }, now)).toMatch(/ \(GMT\+1\)$/u);
    setLanguage('fr');
    expect(dateAnswer({ date: '2026-12-08', from: '09:00', to: '10:30' }, now)).toBe('mardi 8 décembre, de 09:00 à 10:30 (UTC+1)');
    vi.unstubAllEnvs();
  });

  test('that does not exist, or ends before it begins, is none', () => {
    expect(dateAnswer({ date: '2026-02-30', from: '', to: '' }, now)).toBeNull();
    expect(dateAnswer({ date: '', from: '09:00', to: '' }, now)).toBeNull();
    expect(dateAnswer({ date: '2026-12-08', from: '10:00', to: '09:00' }, now)).toBeNull();
    expect(dateAnswer({ date: '2026-12-08', from: '', to: '09:00' }, now)).toBeNull();
  });
});
