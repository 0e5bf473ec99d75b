// Emoji in the reader's language: what they are called, how they are found, how they look with a skin
// tone. The words lie in `data/` and are loaded when they are first needed.

import type { Language } from '../protocol';
import { sameEmoji } from './same-emoji';

export interface Emoji {
  emoji: string;
  label: string;
  group: EmojiGroup;
  toned: boolean;
  shortcodes: readonly string[];
  /** Folded, for searching. */
  name: string;
  words: readonly string[];
}

export const emojiGroups = ['smileys', 'people', 'nature', 'food', 'travel', 'activities', 'objects', 'symbols', 'flags'] as const;
export type EmojiGroup = (typeof emojiGroups)[number];

/** As numbered in the data; 2 is parts of other emoji, which nobody writes. */
const groupOfNumber: Record<string, EmojiGroup> = { 0: 'smileys', 1: 'people', 3: 'nature', 4: 'food', 5: 'travel', 6: 'activities', 7: 'objects', 8: 'symbols', 9: 'flags' };

const tones = ['🏻', '🏼', '🏽', '🏾', '🏿'] as const;
export const toneCount = tones.length;

const files: Record<Language, () => Promise<{ default: string }>> = {
  de: () => import('./data/de.txt?raw'),
  en: () => import('./data/en.txt?raw'),
  fr: () => import('./data/fr.txt?raw'),
};
const loaded = new Map<Language, Promise<readonly Emoji[]>>();

export function loadEmoji(language: Language): Promise<readonly Emoji[]> {
  let all = loaded.get(language);
  if (!all) {
    all = files[language]().then((file) => parseEmoji(file.default));
    all.catch(() => loaded.delete(language));
    loaded.set(language, all);
  }
  return all;
}

function parseEmoji(text: string): readonly Emoji[] {
  const all: Emoji[] = [];
  for (const line of text.split('\n')) {
    const [emoji, group, toned, label, keywords, shortcodes] = line.split('\t');
    if (!emoji || !label) continue;
    const codes = shortcodes ? shortcodes.split('|') : [];
    const name = fold(label);
    const words = [...name.split(/[\s:,()-]+/u), ...codes, ...(keywords ? fold(keywords).split(/[|\s]/u) : [])];
    all.push({ emoji, label, group: groupOfNumber[group!] ?? 'symbols', toned: toned === 't', shortcodes: codes, name, words });
  }
  return all;
}

/** Upper case and accents do not matter to a search. */
export function fold(text: string): string {
  return text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('ß', 'ss');
}

/** How well an emoji answers one word: lower is better, `null` is not at all. */
function rank(emoji: Emoji, word: string): number | null {
  if (emoji.name === word || emoji.shortcodes.includes(word)) return 0;
  if (emoji.name.startsWith(word) || emoji.shortcodes.some((code) => code.startsWith(word))) return 1;
  if (emoji.words.includes(word)) return 2;
  if (emoji.words.some((other) => other.startsWith(word))) return 3;
  return null;
}

function rankWords(emoji: Emoji, words: readonly string[]): number | null {
  let sum = 0;
  for (const word of words) {
    const one = rank(emoji, word);
    if (one === null) return null;
    sum += one;
  }
  return sum;
}

/** Some people write "_" in a short code where the data has none: "thumbs_up" and "thumbsup". */
const squeezed = (code: string): string => code.replaceAll('_', '');

/** As `rank`, for a whole short code; below zero, so that it comes before what is found word by word. */
function rankCode({ shortcodes }: Emoji, code: string): number | null {
  if (shortcodes.includes(code)) return -4;
  if (shortcodes.some((other) => other.startsWith(code))) return -3;
  const all = shortcodes.map(squeezed);
  if (all.includes(squeezed(code))) return -2;
  return all.some((other) => other.startsWith(squeezed(code))) ? -1 : null;
}

/** The query begins a short code, or every word of it begins a word of the emoji. The best come first. */
export function searchEmoji(all: readonly Emoji[], query: string, limit: number): Emoji[] {
  const words = fold(query).split(/[\s_]+/u).filter(Boolean);
  if (words.length === 0) return [];
  const code = query.includes('_') ? query.trim().toLowerCase() : null;
  const found: { emoji: Emoji; score: number }[] = [];
  for (const emoji of all) {
    const score = (code === null ? null : rankCode(emoji, code)) ?? rankWords(emoji, words);
    if (score !== null) found.push({ emoji, score });
  }
  // A stable sort: what is used most stands first in Unicode's order.
  return found
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
    .map((match) => match.emoji);
}

/** The emoji whose short code this is, or whose name with "_" for its blanks. The sets of short codes disagree on
    some: an emoji that has it first comes before one that has it as well. */
export function emojiNamed(all: readonly Emoji[], typed: string): Emoji | null {
  const code = typed.toLowerCase();
  const name = fold(typed).replaceAll('_', ' ');
  return (
    all.find(({ shortcodes }) => shortcodes[0] === code) ??
    all.find(({ shortcodes }) => shortcodes.includes(code)) ??
    all.find((emoji) => emoji.name === name) ??
    all.find(({ shortcodes }) => shortcodes.some((other) => squeezed(other) === squeezed(code))) ??
    null
  );
}

/** An emoji in one of the five skin tones; 0 leaves it as it is. The clasp between two people has none. */
export function withTone(emoji: string, tone: number): string {
  const modifier = tones[tone - 1];
  if (modifier === undefined) return emoji;
  return emoji.replace(/(?<!\u200d)(\p{Emoji_Modifier_Base})\ufe0f?|(?<=\u200d)(?!\u{1f91d})(\p{Emoji_Modifier_Base})\ufe0f?/gu, (_, first?: string, other?: string) => (first ?? other) + modifier);
}

/** An emoji without skin tone and without the sign that asks for a colourful picture, for comparing. */
export const bare = (emoji: string): string => emoji.replace(/[\u{1f3fb}-\u{1f3ff}\ufe0f]/gu, '');

const recentLimit = 24;

/** The emoji used last, with one more. */
export const remember = (recent: readonly string[], emoji: string): string[] => [emoji, ...recent.filter((other) => !sameEmoji(other, emoji))].slice(0, recentLimit);
