import { mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { App } from '../../app/app.svelte';
import { setLanguage } from '../../app/locale.svelte';
import type { Backend } from '../../backend';
import type { Conversation } from '../../conversation/conversation.svelte';
import { incoming } from '../../fixture/messages';
import type { RoomPermissions, WireError } from '../../protocol';
import DeleteDialogHost from './DeleteDialogHost.test.svelte';
import { MessageActions, type Target } from './message-actions.svelte';

const permissions: RoomPermissions = { react: true, sendPolls: true, vote: true, redactOwn: true, redactOthers: true, pin: true, notifyRoom: true };
const full: WireError = { kind: 'storage', reason: 'diskFull' };

let refused: Set<string>;
const redactMessage = vi.fn(async (_roomId: string, eventId: string, _reason: string | null) => {
  if (refused.has(eventId)) throw full;
});
const onclose = vi.fn();
let targets: Target[];
let actions: MessageActions;
let mounted: ReturnType<typeof mount>;

const part = (name: string) => document.querySelector<HTMLElement>(`[data-testid=${name}]`);
const eventOf = ({ message }: Target) => message.eventId!;

beforeEach(() => {
  setLanguage('de');
  vi.clearAllMocks();
  refused = new Set();
  targets = ['a', 'b', 'c', 'd'].map((text) => {
    const { id, content } = incoming(text);
    if (content.type !== 'message') throw new Error('not a message');
    return { rowId: id, message: content };
  });
  const app = new App({ redactMessage } as unknown as Backend);
  actions = new MessageActions({ app, roomId: '!raum:musterstadt.de', details: { permissions, pinned: [] } } as unknown as Conversation, vi.fn(), vi.fn());
});

afterEach(async () => {
  await unmount(mounted);
  document.body.replaceChildren();
});

function ask(): void {
  mounted = mount(DeleteDialogHost, { target: document.body, props: { targets, actions, onclose } });
}

describe('deleting several messages', () => {
  test('goes on after a failure, says how many are left and why, and keeps those selected', async () => {
    actions.selected = new Set(targets.map(({ rowId }) => rowId));
    refused = new Set([eventOf(targets[0]!), eventOf(targets[2]!)]);
    ask();
    part('confirm-delete')!.click();
    await vi.waitFor(() => expect(part('delete-failed')?.textContent).toContain('2 Nachrichten wurden nicht gelöscht.'));
    expect(redactMessage.mock.calls.map(([, eventId]) => eventId)).toEqual(targets.map(eventOf));
    expect(part('delete-failed')!.querySelectorAll('p')).toHaveLength(2);
    expect(part('delete-failed')!.lastElementChild!.textContent).toContain('Speicherplatz');
    expect([...actions.selected!]).toEqual([targets[0]!.rowId, targets[2]!.rowId]);
    expect(onclose).not.toHaveBeenCalled();
  });

  test('tries only what is left again, and ends the selection when nothing is', async () => {
    actions.selected = new Set(targets.map(({ rowId }) => rowId));
    refused = new Set([eventOf(targets[1]!)]);
    ask();
    part('confirm-delete')!.click();
    await vi.waitFor(() => expect(part('delete-failed')?.textContent).toContain('1 Nachricht wurde nicht gelöscht.'));
    refused.clear();
    redactMessage.mockClear();
    part('confirm-delete')!.click();
    await vi.waitFor(() => expect(onclose).toHaveBeenCalledOnce());
    expect(redactMessage.mock.calls.map(([, eventId]) => eventId)).toEqual([eventOf(targets[1]!)]);
    expect(actions.selected).toBeNull();
  });

  test('of one that was not selected begins no selection', async () => {
    targets = targets.slice(0, 1);
    refused = new Set([eventOf(targets[0]!)]);
    ask();
    part('confirm-delete')!.click();
    await vi.waitFor(() => expect(part('delete-failed')).not.toBeNull());
    expect(actions.selected).toBeNull();
  });
});
