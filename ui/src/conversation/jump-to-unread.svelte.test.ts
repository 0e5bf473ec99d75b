// When there is a way back to what was not read yet.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { incoming } from '../fixture/messages';
import type { MessageRow, RoomDetails, TimelineRow } from '../protocol';
import type { Conversation } from './conversation.svelte';
import JumpToUnread from './JumpToUnread.svelte';

const latest: TimelineRow = incoming('Bis morgen.');
const latestId = (latest.content as MessageRow).eventId;

let conversation: { details: RoomDetails | null; target: string | null; timeline: { loaded: boolean; rows: TimelineRow[] }; jumpTo: ReturnType<typeof vi.fn> };
let mounted: ReturnType<typeof mount>;

function unread(messages: number, readUpTo: string | null): void {
  conversation.details = { readUpTo, unread: { messages } } as RoomDetails;
  flushSync();
}

const button = () => document.querySelector<HTMLElement>('[data-testid=go-to-unread]');

beforeEach(() => {
  const state = $state({ details: null as RoomDetails | null, target: null, timeline: { loaded: true, rows: [latest] }, jumpTo: vi.fn() });
  conversation = state;
  mounted = mount(JumpToUnread, { target: document.body, props: { conversation: conversation as unknown as Conversation } });
});

afterEach(() => unmount(mounted));

test('also where it is counted only after the room was opened, and once it was all read', () => {
  unread(0, '$before');
  expect(button()).toBeNull();
  unread(3, '$before');
  expect(button()).not.toBeNull();
  unread(0, latestId);
  button()!.click();
  expect(conversation.jumpTo).toHaveBeenCalledWith('$before', { focus: true, past: true });
  flushSync();
  expect(button()).toBeNull();
});

test('not where what was read is on screen, nor later, when a new list lacks it', () => {
  unread(1, latestId);
  expect(button()).toBeNull();
  unread(0, '$new');
  conversation.timeline.rows = [incoming('Guten Morgen.')];
  flushSync();
  expect(button()).toBeNull();
  unread(2, '$new');
  expect(button()).not.toBeNull();
});

test('not again for whoever said no', () => {
  unread(3, '$before');
  document.querySelector<HTMLElement>('[data-testid=jump-to-unread] .icon-button')!.click();
  unread(4, '$before');
  expect(button()).toBeNull();
});
