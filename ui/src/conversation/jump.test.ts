import { describe, expect, test, vi } from 'vitest';

import type { App } from '../app/app.svelte';
import { m } from '../paraglide/messages';
import type { TimelineFocus } from '../protocol';
import { Conversation } from './conversation.svelte';

/** A room of which nothing is loaded, where the server knows the thread of each message. */
function conversation(threads: Record<string, string | Promise<string | null>>) {
  const asked: TimelineFocus[] = [];
  const backend = {
    subscribeTimeline: async (_roomId: string, focus: TimelineFocus) => asked.push(focus),
    subscribeRoom: async () => 0,
    unsubscribe: async () => {},
    loadDraft: async () => null,
    threadOf: vi.fn(async (_roomId: string, eventId: string) => threads[eventId] ?? null),
  };
  const app = { backend } as unknown as App;
  return { conversation: new Conversation(app, '!raum:musterstadt.de', () => {}), backend, asked };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a jump', () => {
  test('to a message of the room shows what is around it', async () => {
    const { conversation: room, asked } = conversation({});
    room.jumpTo('$frage', { focus: true });
    await settled();
    expect(asked.at(-1)).toEqual({ type: 'event', eventId: '$frage' });
    expect(room.target).toBe('$frage');
    expect(room.wanted).toEqual({ eventId: '$frage', focus: true });
  });

  test('to an answer in a thread leaves the room where it is', async () => {
    const { conversation: room, asked } = conversation({ $antwort: '$frage' });
    room.jumpTo('$antwort');
    await settled();
    expect(room.wantedInThread).toEqual({ rootId: '$frage', eventId: '$antwort' });
    expect(room.target).toBeNull();
    expect(asked).toEqual([{ type: 'live' }]);
  });

  test('to what is new stays in the room, also where the last that was read is an answer in a thread', async () => {
    const { conversation: room, backend } = conversation({ $antwort: '$frage' });
    room.jumpTo('$antwort', { past: true });
    await settled();
    expect(backend.threadOf).not.toHaveBeenCalled();
    expect(room.target).toBe('$antwort');
  });

  test('in a thread, to a message outside it, leads to the room, and to a message of it stays there', async () => {
    const { conversation: room, backend } = conversation({ $antwort: '$frage', $woanders: '$andere' });
    const thread = new Conversation(room.app, room.roomId, () => {}, '$frage', room);
    thread.jumpTo('$zitiert');
    await settled();
    expect([room.target, room.wanted]).toEqual(['$zitiert', { eventId: '$zitiert', focus: true }]);
    thread.jumpTo('$woanders');
    await settled();
    expect(room.wantedInThread).toEqual({ rootId: '$andere', eventId: '$woanders' });
    room.jumpToLatest();
    for (const eventId of ['$antwort', '$frage']) thread.jumpTo(eventId);
    await settled();
    backend.threadOf.mockRejectedValue({ kind: 'offline' });
    thread.jumpTo('$unbekannt');
    await settled();
    expect([room.target, room.wanted]).toEqual([null, null]);
  });

  test.each([['end', 'missing', 1], ['more', 'far', 20]] as const)('in a thread, to a message that is not found, says so (%s: %s)', async (outcome, _why, pages) => {
    const { conversation: room, backend } = conversation({ $antwort: '$frage' });
    const loadMore = vi.fn(async () => outcome);
    Object.assign(backend, { loadMore });
    const thread = new Conversation(room.app, room.roomId, () => {}, '$frage', room);
    await settled();
    thread.jumpTo('$antwort');
    await vi.waitFor(() => expect(thread.notice).not.toBeNull());
    expect([loadMore.mock.calls.length, thread.notice]).toEqual([pages, outcome === 'end' ? m.jump_not_there() : m.jump_too_far()]);
  });

  test('leaves the latest messages listening, and the way back shows them', async () => {
    const { conversation: room, asked } = conversation({});
    const { latest } = room;
    room.jumpTo('$frage');
    await settled();
    expect(room.timeline).not.toBe(latest);
    room.jumpToLatest();
    await settled();
    expect(room.timeline).toBe(latest);
    expect(asked).toEqual([{ type: 'live' }, { type: 'event', eventId: '$frage' }]);
  });

  test('that is answered late does not take one away from where one went meanwhile', async () => {
    let answer: (rootId: string | null) => void = () => {};
    const { conversation: room } = conversation({ $antwort: new Promise((resolve) => (answer = resolve)) });
    room.jumpTo('$antwort');
    room.jumpTo('$spaeter');
    await settled();
    answer('$frage');
    await settled();
    expect(room.target).toBe('$spaeter');
    expect(room.wantedInThread).toBeNull();
  });

  test('where the thread cannot be known shows the surroundings, which say why', async () => {
    const { conversation: room, backend } = conversation({});
    backend.threadOf.mockRejectedValue({ kind: 'offline' });
    room.jumpTo('$frage');
    await settled();
    expect(room.target).toBe('$frage');
  });
});
