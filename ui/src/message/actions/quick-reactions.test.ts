import { expect, test } from 'vitest';

import { quickReactions } from './quick-reactions';

test('three emoji are offered, those used last first, none twice', () => {
  expect(quickReactions([])).toEqual(['👍', '✅', '🙏']);
  expect(quickReactions(['🎉', '👍'])).toEqual(['🎉', '👍', '✅']);
  expect(quickReactions(['🎉', '❤️', '😂', '👍'])).toEqual(['🎉', '❤️', '😂']);
});
