// Writes src/emoji/data/: what each emoji is called, one line per emoji and one file per language.
// The words come from Unicode CLDR by way of emojibase-data (MIT). Run it for a new version of Unicode:
//
//   npm pack emojibase-data@17.0.0 && tar xf emojibase-data-*.tgz   (in a directory of your own)
//   node scripts/emoji-data.mjs THAT_DIRECTORY/package
//
// Fields, separated by tabs: emoji, group, "t" where it has skin tones, name, keywords and short codes
// separated by "|".

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the fonts of supported systems can draw. */
const newest = 15;
const components = 2;
const tones = ['🏻', '🏼', '🏽', '🏾', '🏿'];

const source = process.argv[2];
const read = (...path) => JSON.parse(readFileSync(join(source, ...path), 'utf8'));
const codes = ['github', 'emojibase'].map((set) => read('en', 'shortcodes', `${set}.json`));
const listed = (value) => (value === undefined ? [] : [value].flat());

/** Must do the same as `withTone` in src/emoji/emoji.ts. */
const withTone = (emoji, tone) => emoji.replace(/(?<!\u200d)(\p{Emoji_Modifier_Base})\ufe0f?|(?<=\u200d)(?!\u{1f91d})(\p{Emoji_Modifier_Base})\ufe0f?/gu, (_, first, other) => (first ?? other) + tone);

function hasTones(entry) {
  const known = new Set((entry.skins ?? []).map((skin) => skin.emoji));
  return known.size > 0 && tones.every((tone) => known.has(withTone(entry.emoji, tone)));
}

for (const language of ['de', 'en', 'fr']) {
  const lines = read(language, 'data.json')
    .filter((entry) => entry.group !== undefined && entry.group !== components && entry.version <= newest)
    .sort((a, b) => a.order - b.order)
    .map((entry) => {
      const shortcodes = [...new Set(codes.flatMap((set) => listed(set[entry.hexcode])))];
      const keywords = (entry.tags ?? []).filter((tag) => tag !== entry.label);
      return [entry.emoji, entry.group, hasTones(entry) ? 't' : '', entry.label, keywords.join('|'), shortcodes.join('|')].join('\t');
    });
  writeFileSync(`src/emoji/data/${language}.txt`, `${lines.join('\n')}\n`);
  const toned = lines.filter((line) => line.split('\t')[2] === 't').length;
  console.log(`${language}: ${lines.length} emoji, ${toned} with skin tones`);
  if (language === 'de') console.log('without: ', read(language, 'data.json').filter((entry) => entry.skins && !hasTones(entry)).map((entry) => entry.emoji).join(' '));
}
