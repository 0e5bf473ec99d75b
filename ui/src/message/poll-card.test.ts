import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import type { Backend } from '../backend';
import type { Conversation } from '../conversation/conversation.svelte';
import { Unsent } from '../conversation/unsent.svelte';
import { m } from '../paraglide/messages';
import type { ConnectionState, Poll, PollAnswer } from '../protocol';
import PollCardHost from './PollCardHost.test.svelte';

const answer = (id: string, text: string, own = false): PollAnswer => ({ id, text, votes: own ? 1 : 0, own });
const running: Poll = { question: 'Wer?', open: true, maxSelections: 1, answers: [answer('a', 'Ja'), answer('b', 'Nein')], voters: 0, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' };
const id = { roomId: '!raum:musterstadt.de', thread: null };

let shown: Record<string, unknown> | null = null;

async function show(poll: Poll, unsent = new Unsent({} as Backend, id), around: object = {}): Promise<HTMLElement> {
  if (shown) await unmount(shown);
  const details = { memberCount: 3, canSend: true, membership: 'joined', permissions: { vote: true } };
  const conversation = { app: { connection: { type: 'online' } }, details, unsent, ...around } as unknown as Conversation;
  shown = mount(PollCardHost, { target: document.body, props: { conversation, poll } });
  flushSync();
  return document.querySelector<HTMLElement>('[data-testid=poll]')!;
}

const ticked = (card: HTMLElement) => [...card.querySelectorAll<HTMLInputElement>('input:checked')].map((input) => input.value);
const find = (card: HTMLElement, name: string) => card.querySelector<HTMLElement>(`[data-testid=${name}]`);

beforeEach(() => setLanguage('de'));
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
});

test('what is ticked is there again after another room was looked at, and goes when its answer goes', async () => {
  const unsent = new Unsent({} as Backend, id);
  const card = await show(running, unsent);
  card.querySelector<HTMLInputElement>('input[value=a]')!.click();
  flushSync();
  expect(find(card, 'vote')).not.toBeNull();
  const again = await show(running, unsent);
  expect(ticked(again)).toEqual(['a']);
  expect(find(again, 'vote')).not.toBeNull();
  const edited = await show({ ...running, answers: [answer('c', 'Gern'), answer('b', 'Nein')] }, unsent);
  expect(ticked(edited)).toEqual([]);
  expect(find(edited, 'vote')).toBeNull();
});

test('what is ticked and taken back hides no vote that is changed on another device', async () => {
  const unsent = new Unsent({} as Backend, id);
  const voted = (...own: string[]): Poll => ({ ...running, maxSelections: 2, answers: [answer('a', 'Ja', own.includes('a')), answer('b', 'Nein', own.includes('b'))], voters: 1 });
  for (const poll of [voted('a'), { ...voted('a'), maxSelections: 1 }]) {
    const card = await show(poll, unsent);
    card.querySelector<HTMLInputElement>('input[value=b]')!.click();
    flushSync();
    expect(unsent.ticked('$umfrage')).not.toBeNull();
    card.querySelector<HTMLInputElement>(poll.maxSelections === 1 ? 'input[value=a]' : 'input[value=b]')!.click();
    flushSync();
    expect(find(card, 'vote')).toBeNull();
    expect(ticked(await show(voted('b'), unsent))).toEqual(['b']);
  }
});

test('what is ticked goes when the poll ends', async () => {
  const unsent = new Unsent({} as Backend, id);
  unsent.tick('$umfrage', ['a']);
  await show({ ...running, ended: true, endedAtMs: 1 }, unsent);
  expect(unsent.ticked('$umfrage')).toBeNull();
});

test('where nobody would take a vote, none is offered, and the reason is said', async () => {
  const voted = { ...running, answers: [answer('a', 'Ja', true), answer('b', 'Nein')], voters: 1 };
  for (const [membership, words] of [['joined', m.poll_vote_not_allowed()], ['left', m.room_left()]] as const) {
    const card = await show(voted, undefined, { details: { memberCount: 3, canSend: false, membership, permissions: { vote: false } } });
    expect(card.querySelector('fieldset')!.disabled).toBe(true);
    expect(find(card, 'poll-refusal')!.textContent).toBe(words);
    expect(card.querySelector('fieldset')!.getAttribute('aria-describedby')).toBe(find(card, 'poll-refusal')!.id);
    expect(find(card, 'withdraw-vote')).toBeNull();
  }
  expect((await show(voted)).querySelector('fieldset')!.disabled).toBe(false);
});

test('a vote that has not left yet does not look as if it counted', async () => {
  const waiting = { ...running, answers: [answer('a', 'Ja', true), answer('b', 'Nein')], voters: 1, voteWaiting: true };
  const offline = { app: { connection: { type: 'offline', reason: 'noNetwork', retryAtMs: null } as unknown as ConnectionState } };
  const said = async (poll: Poll, around = {}) => find(await show(poll, undefined, around), 'poll-vote-state')?.textContent ?? null;
  expect(await said(waiting, offline)).toBe(m.poll_vote_waiting());
  expect(await said(waiting)).toBe(m.poll_vote_sending());
  expect(await said({ ...running, voteWaiting: true }, offline)).toBe(m.poll_withdrawal_waiting());
  expect(await said({ ...waiting, voteWaiting: false }, offline)).toBeNull();
});
