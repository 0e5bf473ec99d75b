import { describe, expect, test } from 'vitest';

import de from '../../messages/de.json';
import en from '../../messages/en.json';
import fr from '../../messages/fr.json';
import { setLanguage } from '../app/locale.svelte';
import { m } from '../paraglide/messages';
import { bytes, dayName, duration, shortMoment } from './format';

describe('languages', () => {
  test('all three say the same things', () => {
    expect(Object.keys(en)).toEqual(Object.keys(de));
    expect(Object.keys(fr)).toEqual(Object.keys(de));
  });

  test('plurals follow the language: French has no plural for zero', () => {
    setLanguage('de');
    expect(m.unread_count({ count: 1 })).toBe('1 neue Nachricht');
    expect(m.unread_count({ count: 0 })).toBe('0 neue Nachrichten');
    setLanguage('fr');
    expect(m.unread_count({ count: 0 })).toBe('0 nouveau message');
    expect(m.unread_count({ count: 2 })).toBe('2 nouveaux messages');
  });

  test('a change of language needs no reload', () => {
    setLanguage('de');
    expect(m.sign_in()).toBe('Anmelden');
    setLanguage('en');
    expect(m.sign_in()).toBe('Sign in');
    expect(document.documentElement.lang).toBe('en');
  });

  test('moments are as short as they can be', () => {
    setLanguage('de');
    const now = new Date(2026, 10, 23, 15, 0).getTime();
    const at = (year: number, month: number, day: number) => shortMoment(new Date(year, month, day, 9, 5).getTime(), now);
    expect(at(2026, 10, 23)).toBe('09:05');
    expect(at(2026, 10, 22)).toBe('Gestern');
    expect(at(2026, 10, 19)).toBe('Do');
    expect(at(2026, 2, 3)).toBe('3. März');
    expect(at(2025, 2, 3)).toBe('03.03.25');
    expect(dayName(now, now)).toBe('Heute');
  });

  test('sizes and lengths are written as people write them', () => {
    setLanguage('de');
    expect(bytes(3_482_133)).toBe('3,5 MB');
    expect(bytes(900)).toMatch(/^900/);
    expect(duration(42_000)).toBe('0:42');
    expect(duration(3_723_000)).toBe('1:02:03');
  });
});
