import { expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import { keller, message, paragraph } from '../../fixture/messages';
import type { MessageRow, Reaction } from '../../protocol';
import { MessageActions } from './message-actions.svelte';

const coloured = '👍\ufe0f';
const reaction = (key: string, own: boolean): Reaction => ({ key, count: 1, own, names: [] });

function given(...reactions: Reaction[]): MessageRow {
  const made = message(keller, 0, { type: 'text', blocks: [paragraph('Gut')] }, { reactions }).content;
  if (made.type !== 'message') throw new Error('not a message');
  return made;
}

/** The key that reacting with an emoji sends or takes back. */
function reacted(message: MessageRow, emoji: string): unknown {
  const toggleReaction = vi.fn(async () => {});
  const app = { backend: { toggleReaction }, attempt: async (work: Promise<void>) => work };
  const conversation = { app, id: {}, details: { permissions: { react: true }, pinned: [] } } as unknown as Conversation;
  new MessageActions(conversation, vi.fn(), vi.fn()).react(message, emoji);
  return (toggleReaction.mock.calls[0] as unknown[] | undefined)?.[2];
}

test('a reaction is sent with its sign for colour', () => {
  expect(reacted(given(), coloured)).toBe(coloured);
  expect(reacted(given(reaction('👍🏽', true)), coloured)).toBe(coloured);
});

test('one’s own reaction is taken back as it was given, also by a client that writes it without the sign', () => {
  expect(reacted(given(reaction('👍', true)), coloured)).toBe('👍');
  expect(reacted(given(reaction(coloured, false), reaction('👍', true)), coloured)).toBe('👍');
});

test('the same emoji of others is joined, not put beside', () => {
  expect(reacted(given(reaction('👍', false)), coloured)).toBe('👍');
  expect(reacted(given(reaction('👍', false), reaction(coloured, false)), coloured)).toBe(coloured);
});
