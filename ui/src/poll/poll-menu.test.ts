import { mount, unmount } from 'svelte';
import { expect, test } from 'vitest';

import type { Conversation, ConversationMenu } from '../conversation/conversation.svelte';
import type { Poll } from '../protocol';
import PollMenuHost from './PollMenuHost.test.svelte';

test('a reminder is offered also where some who voted have left, and not once the poll has ended', async () => {
  const conversation = { details: { canSend: true, permissions: { redactOthers: true } }, menu: null as ConversationMenu | null };
  const running: Poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [], voters: 3, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' };
  const offered = async (poll: Poll) => {
    const mounted = mount(PollMenuHost, { target: document.body, props: { conversation: conversation as unknown as Conversation, poll, members: 3 } });
    document.querySelector<HTMLElement>('[data-testid=poll-menu]')?.click();
    await unmount(mounted);
    return conversation.menu?.entries.map(({ id }) => id) ?? [];
  };
  expect(await offered(running)).toContain('remind');
  conversation.menu = null;
  expect(await offered({ ...running, ended: true })).toEqual([]);
});
