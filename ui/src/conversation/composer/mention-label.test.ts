import { describe, expect, test } from 'vitest';

import type { TextMention } from '../../protocol';
import { callsEveryone, distinct, standing } from './mention-label';

const anna = (userId: string, label = '@Anna Schmidt'): TextMention => ({ label, target: { type: 'person', userId } });
const first = anna('@anna:musterstadt.de');
const second = anna('@anna2:musterstadt.de');

describe('the words for a mention', () => {
  test('say which of two people of the same name is meant, once the first is in the text', () => {
    expect(distinct(second, 'Guten Tag @Anna Schmidt und ', [first])).toEqual(anna('@anna2:musterstadt.de', '@Anna Schmidt (@anna2:musterstadt.de)'));
  });

  test('stay short for the same person, and where the first was deleted from the text', () => {
    expect(distinct(first, 'Guten Tag @Anna Schmidt und ', [first])).toBe(first);
    expect(distinct(second, 'Guten Tag ', [first])).toBe(second);
  });

  test('of somebody whose name is only the beginning of another in the text mention nobody', () => {
    const short = anna('@anna:land.de', '@Anna');
    expect(standing('Guten Tag @Anna Schmidt', [short, first])).toEqual([first]);
    expect(standing('Guten Tag @Anna und @Anna Schmidt', [short, first])).toEqual([short, first]);
    expect(standing('Guten Tag @Annabell', [short])).toEqual([]);
    expect(standing('@Annabell, @Anna!', [short])).toEqual([short]);
    expect(standing('Guten Tag', [anna('@anna:land.de', '')])).toEqual([]);
  });

  test('say which of two rooms of the same name is meant', () => {
    const bau = (room: string, label = '#Bauamt'): TextMention => ({ label, target: { type: 'room', room } });
    expect(distinct(bau('!b:land.de'), 'siehe #Bauamt und ', [bau('#bau:musterstadt.de')])).toEqual(bau('!b:land.de', '#Bauamt (!b:land.de)'));
  });
});

test('"@room" calls everybody as a word of its own, neither quoted nor code', () => {
  for (const text of ['@room', 'Hallo @room!', '(@room)', '@room: bitte', '> alt\n\n@room', '`x` @room', '```\nx\n```\n@room']) expect(callsEveryone(text), text).toBe(true);
  for (const text of ['', '@rooms', 'a@room.de', '@room:amt.de', 'die @room-Nachricht', '> @room', '`@room`', '``a ` @room``', '```\n@room\n```', '~~~\n@room']) expect(callsEveryone(text), text).toBe(false);
});
