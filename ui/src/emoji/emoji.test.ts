import { describe, expect, test } from 'vitest';

import { bare, emojiNamed, loadEmoji, remember, searchEmoji, withTone } from './emoji';

describe('emoji', () => {
  test('are found in the language of the reader, with or without accents', async () => {
    const de = await loadEmoji('de');
    const fr = await loadEmoji('fr');
    expect(bare(searchEmoji(de, 'daumen hoch', 3)[0]!.emoji)).toBe('👍');
    expect(searchEmoji(de, 'fröhlich', 200).map((one) => one.emoji)).toContain('😀');
    expect(searchEmoji(fr, 'cœur', 200).length).toBeGreaterThan(10);
    expect(searchEmoji(fr, 'fete', 200).map((one) => one.emoji)).toContain('🎉');
  });

  test('the short codes people know work in every language', async () => {
    const de = await loadEmoji('de');
    expect(searchEmoji(de, '+1', 5)[0]?.emoji).toContain('👍');
    expect(searchEmoji(de, 'tada', 5)[0]?.emoji).toBe('🎉');
  });

  test('what begins with the query comes before what only has it as a keyword', async () => {
    const en = await loadEmoji('en');
    const names = searchEmoji(en, 'cat', 100).map((one) => one.label);
    expect(names.slice(0, 2).sort()).toEqual(['cat', 'cat face']);
    expect(names.indexOf('tiger')).toBeGreaterThan(names.indexOf('cat with tears of joy'));
  });

  test('nothing is found for what no emoji is called', async () => {
    expect(searchEmoji(await loadEmoji('de'), 'xqzw', 5)).toEqual([]);
  });

  test('a skin tone goes to each person, and not to the clasp between them', () => {
    expect(withTone('👍', 3)).toBe('👍🏽');
    expect(withTone('🕵️‍♂️', 5)).toBe('🕵🏿‍♂️');
    expect(withTone('🧑‍🤝‍🧑', 1)).toBe('🧑🏻‍🤝‍🧑🏻');
    expect(withTone('👍', 0)).toBe('👍');
    expect(bare('👍🏽')).toBe(bare('👍\ufe0f'));
  });

  test('short codes find with their "_" in every language, before what has the words in its name', async () => {
    for (const language of ['de', 'en', 'fr'] as const) {
      const all = await loadEmoji(language);
      const offered = (typed: string) => searchEmoji(all, typed, 8).map((one) => bare(one.emoji));
      expect(offered('heart_eyes')[0]).toBe('😍');
      expect(offered('heart_ey')).toContain('😍');
      expect(offered('thinking_face')[0]).toBe('🤔');
      expect(offered('thumbs_up')[0]).toBe('👍');
      expect(offered('white_check')[0]).toBe('✅');
      expect(offered('_')).toEqual([]);
    }
  });

  test('names in the language of the reader find with "_" between their words as well', async () => {
    const de = await loadEmoji('de');
    expect(searchEmoji(de, 'daumen_hoch', 8).map((one) => bare(one.emoji))).toContain('👍');
    expect(searchEmoji(await loadEmoji('fr'), 'cœur_rouge', 8).map((one) => bare(one.emoji))).toContain('❤');
  });

  test('a closed name means one emoji, or none', async () => {
    const de = await loadEmoji('de');
    const named = (typed: string) => emojiNamed(de, typed)?.emoji ?? null;
    expect(named('tada')).toBe('🎉');
    expect(named('Tada')).toBe('🎉');
    expect(named('+1')).toBe('👍\ufe0f');
    expect(named('thumbs_up')).toBe('👍\ufe0f');
    expect(named('daumen_hoch')).toBe('👍\ufe0f');
    // Two sets of short codes, two meanings: the more usual one.
    expect(named('computer')).toBe('💻\ufe0f');
    expect(named('tad')).toBeNull();
    expect(named('30')).toBeNull();
  });

  test('the one used last comes first, each only once, and not more than 24', () => {
    expect(remember(['👍', '✅'], '✅')).toEqual(['✅', '👍']);
    expect(remember(['👍', '✅'], '👍\ufe0f')).toEqual(['👍\ufe0f', '✅']);
    expect(remember(Array.from({ length: 30 }, (_, index) => `${index}`), '✅')).toHaveLength(24);
  });
});
