import { describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import type { ErrorKind, ErrorReason, Language, WireError } from '../protocol';
import protocol from '../protocol.ts?raw';
import { kinds, reasons, wordError } from './error-words';

const languages: Language[] = ['de', 'en', 'fr'];
/** The names as the core's types declare them, so that a new one without words fails here. */
const declared = (type: string) => [...(new RegExp(`export type ${type} = ([^;]+);`).exec(protocol)?.[1] ?? '').matchAll(/"(\w+)"/g)].map((match) => match[1]!);

describe('errors in words', () => {
  test('every kind and every reason the core knows has words', () => {
    expect(declared('ErrorKind').length).toBeGreaterThan(10);
    expect(Object.keys(kinds).sort()).toEqual(declared('ErrorKind').sort());
    expect(Object.keys(reasons).sort()).toEqual(declared('ErrorReason').sort());
  });

  test.each(languages)('in %s each one is a sentence of its own', (language) => {
    setLanguage(language);
    const words = [...Object.values(kinds), ...Object.values(reasons)].map((word) => word());
    for (const word of words) expect(word).toMatch(/^\p{Lu}.{15,}(\.|de)$/u);
    expect(new Set(words).size).toBe(words.length);
  });

  test('no language borrows the words of another', () => {
    const spoken = languages.map((language) => {
      setLanguage(language);
      return [...Object.values(kinds), ...Object.values(reasons)].map((word) => word());
    });
    spoken[0]!.forEach((german, index) => {
      expect(spoken[1]![index]).not.toBe(german);
      expect(spoken[2]![index]).not.toBe(german);
      expect(spoken[2]![index]).not.toBe(spoken[1]![index]);
    });
  });

  test('the precise reason is said instead of the kind', () => {
    setLanguage('de');
    const error: WireError = { kind: 'storage' as ErrorKind, reason: 'diskFull' as ErrorReason };
    expect(wordError(error)).toContain('Speicherplatz mehr frei');
    expect(wordError({ kind: 'storage' })).not.toBe(wordError(error));
  });

  test('a server that asks for a pause is quoted, never with less than it asks for', () => {
    setLanguage('de');
    expect(wordError({ kind: 'rateLimited', retryAfterMs: 120_000 })).toContain('Bitte versuchen Sie es in 2 Minuten erneut.');
    expect(wordError({ kind: 'rateLimited', retryAfterMs: 121_000 })).toContain('in 3 Minuten');
    expect(wordError({ kind: 'rateLimited', retryAfterMs: 40_100 })).toContain('in 41 Sekunden');
    expect(wordError({ kind: 'rateLimited' })).toBe(kinds.rateLimited());
  });

  test('what only a newer core knows is worded by its kind, or as internal', () => {
    setLanguage('de');
    expect(wordError({ kind: 'offline', reason: 'brandNew' as ErrorReason })).toBe(kinds.offline());
    expect(wordError({ kind: 'brandNew' as ErrorKind })).toBe(kinds.internal());
  });
});
