import { expect, test } from 'vitest';

import { loadEmoji } from '../../emoji/emoji';
import { quickReactions, usual } from './quick-reactions';

const thumb = '👍\ufe0f';
const check = '✅\ufe0f';

test('three emoji are offered, those used last first, none twice', () => {
  expect(quickReactions([])).toEqual([thumb, check, '🙏']);
  expect(quickReactions(['🎉', thumb])).toEqual(['🎉', thumb, check]);
  expect(quickReactions(['🎉', '❤️', '😂', thumb])).toEqual(['🎉', '❤️', '😂']);
});

test('an emoji is not offered twice because it was once written without its sign for colour', () => {
  expect(quickReactions(['👍', thumb, '✅'])).toEqual(['👍', '✅', '🙏']);
  expect(quickReactions(['👍🏽'])).toEqual(['👍🏽', thumb, check]);
});

test('the usual ones are written as in the picker', async () => {
  const known = (await loadEmoji('de')).map(({ emoji }) => emoji);
  for (const emoji of usual) expect(known).toContain(emoji);
});
