import { describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import type { Language } from '../protocol';
import protocol from '../protocol.ts?raw';
import { timeOfDay } from './format';
import { offlineWords } from './offline-words';

const languages: Language[] = ['de', 'en', 'fr'];
const declared = [...(/export type OfflineReason = ([^;]+);/.exec(protocol)?.[1] ?? '').matchAll(/"(\w+)"/g)].map((match) => match[1]!);
const later = Date.UTC(2026, 10, 3, 12, 5);

describe('being offline in words', () => {
  test('every reason the core knows has words', () => {
    expect(declared.length).toBeGreaterThan(5);
    expect(Object.keys(offlineWords).sort()).toEqual(declared.sort());
  });

  test.each(languages)('in %s each reason says its own cause and what to do', (language) => {
    setLanguage(language);
    const words = Object.values(offlineWords).flatMap(({ cause, remedy }) => [cause(), remedy(later), remedy(null)]);
    for (const word of words) expect(word).toMatch(/^\p{Lu}.{15,}\.$/u);
    // What is said does not depend on the time, but for the pause that the server asked for.
    expect(new Set(words).size).toBe(declared.length * 2 + 1);
  });

  test('no language borrows the words of another', () => {
    const spoken = languages.map((language) => {
      setLanguage(language);
      return Object.values(offlineWords).flatMap(({ cause, remedy }) => [cause(), remedy(null)]);
    });
    expect(new Set(spoken.flat()).size).toBe(declared.length * 2 * languages.length);
  });

  test('until when the server wants to be left alone is said', () => {
    setLanguage('de');
    expect(offlineWords.rateLimited.remedy(later)).toContain(`${timeOfDay(later)} Uhr`);
  });
});
