import { afterEach, describe, expect, test, vi } from 'vitest';

import type { Language } from '../protocol';

/** As on a device in this time zone. Formats are kept once they were made, so every zone gets its own. */
async function formatIn(zone: string, language: Language = 'de') {
  vi.stubEnv('TZ', zone);
  vi.resetModules();
  const { setLanguage } = await import('../app/locale.svelte');
  setLanguage(language);
  return import('./format');
}

/** Some languages write narrow blanks. */
const plain = (text: string) => text.replace(/\s/gu, ' ');

const summer = Date.UTC(2026, 6, 3, 22, 5, 9);
const newYear = Date.UTC(2026, 11, 31, 23, 30);

afterEach(() => void vi.unstubAllEnvs());

test.each(['Pacific/Kiritimati', 'Europe/Berlin', 'Pacific/Pago_Pago'])('the latest time that the core tells can be written in %s', async (zone) => {
  const format = await formatIn(zone);
  const latest = Date.UTC(9999, 11, 31, 23, 59, 59);
  for (const write of [format.timeOfDay, format.fullDate, format.exactTime, format.zoneName, format.isoDay, format.writtenDay, format.shortDateTime, format.shortMoment, format.dayName]) {
    expect(write(latest)).toMatch(/\S/);
  }
  expect(new Date(latest).toISOString()).toBe('9999-12-31T23:59:59.000Z');
});

describe('the exact time', () => {
  test.each<[string, Language, string]>([
    ['Europe/Berlin', 'de', 'Samstag, 4. Juli 2026 um 00:05:09 Mitteleuropäische Sommerzeit'],
    ['Europe/Berlin', 'en', 'Saturday, July 4, 2026 at 12:05:09 AM Central European Summer Time'],
    ['Europe/Berlin', 'fr', 'samedi 4 juillet 2026 à 00:05:09 heure d’été d’Europe centrale'],
    ['America/New_York', 'de', 'Freitag, 3. Juli 2026 um 18:05:09 Nordamerikanische Ostküsten-Sommerzeit'],
    ['America/New_York', 'en', 'Friday, July 3, 2026 at 06:05:09 PM Eastern Daylight Time'],
    ['America/New_York', 'fr', 'vendredi 3 juillet 2026 à 18:05:09 heure d’été de l’Est nord-américain'],
    ['Asia/Kathmandu', 'de', 'Samstag, 4. Juli 2026 um 03:50:09 Nepalesische Zeit'],
  ])('in %s, in the language %s, has weekday, date, seconds and the name of the zone', async (zone, language, expected) => {
    const { exactTime } = await formatIn(zone, language);
    expect(plain(exactTime(summer))).toBe(expected);
  });

  test('tells the two hours apart that a clock shows when summer time ends', async () => {
    const { exactTime } = await formatIn('Europe/Berlin');
    expect(exactTime(Date.UTC(2026, 9, 25, 0, 30))).toBe('Sonntag, 25. Oktober 2026 um 02:30:00 Mitteleuropäische Sommerzeit');
    expect(exactTime(Date.UTC(2026, 9, 25, 1, 30))).toBe('Sonntag, 25. Oktober 2026 um 02:30:00 Mitteleuropäische Normalzeit');
  });

  test.each<[Language, string, string]>([
    ['de', 'MESZ', 'MEZ'],
    ['en', 'GMT+2', 'GMT+1'],
    ['fr', 'UTC+2', 'UTC+1'],
  ])('names the zone in %s in few letters where there is little room', async (language, inSummer, inWinter) => {
    const { exactTime } = await formatIn('Europe/Berlin', language);
    expect(exactTime(summer, 'short').endsWith(` ${inSummer}`)).toBe(true);
    expect(exactTime(newYear, 'short').endsWith(` ${inWinter}`)).toBe(true);
  });
});

describe('the full date', () => {
  test.each<[string, Language, string]>([
    ['Europe/Berlin', 'de', 'Freitag, 1. Januar 2027 um 00:30'],
    ['Europe/Berlin', 'en', 'Friday, January 1, 2027 at 12:30 AM'],
    ['Europe/Berlin', 'fr', 'vendredi 1 janvier 2027 à 00:30'],
    ['America/New_York', 'de', 'Donnerstag, 31. Dezember 2026 um 18:30'],
  ])('in %s, in the language %s', async (zone, language, expected) => {
    const { fullDate } = await formatIn(zone, language);
    expect(plain(fullDate(newYear))).toBe(expected);
  });
});

describe('the day for machines', () => {
  test('is the one of the reader, also between midnight and the one in Greenwich', async () => {
    expect((await formatIn('Europe/Berlin')).isoDay(summer)).toBe('2026-07-04');
    expect((await formatIn('Europe/Berlin')).isoDay(newYear)).toBe('2027-01-01');
    expect((await formatIn('America/New_York')).isoDay(newYear)).toBe('2026-12-31');
  });
});
