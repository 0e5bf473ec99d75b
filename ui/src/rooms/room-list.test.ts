import { describe, expect, test, vi } from 'vitest';

import type { Backend } from '../backend';
import type { Batch, MoreOutcome, RoomListQuery, RoomRow } from '../protocol';
import { RoomList } from './room-list.svelte';

const settle = () => new Promise((resolve) => setTimeout(resolve));
const rooms = (first: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: `!${first + index}`, section: 'rooms', muted: false, unread: { notifications: 0 } }) as RoomRow);

/** A room list whose section "rooms" gets what `send` is given. */
function opened(loadMore: () => Promise<MoreOutcome>) {
  let send: (batch: Batch<RoomRow>) => void = () => {};
  const backend = {
    subscribeRooms: async (query: RoomListQuery, onBatch: (batch: Batch<RoomRow>) => void) => {
      if (query.section !== 'rooms') return 2;
      send = onBatch;
      return 1;
    },
    setVisibleRooms: async () => {},
    acknowledge: async () => {},
    loadMore: vi.fn(loadMore),
  };
  const list = new RoomList(backend as Partial<Backend> as Backend);
  return { list, backend, send: (batch: Batch<RoomRow>) => send(batch) };
}

describe('the room list at the first sign-in', () => {
  test('goes on past the first page when more rooms come than were known at its end', async () => {
    const { list, backend, send } = opened(async () => 'end');
    await settle();
    send({ subscription: 1, seq: 0, ops: [{ type: 'reset', values: rooms(0, 20) }] });
    list.see(0, 15);
    await settle();
    list.see(0, 15);
    await settle();
    expect(backend.loadMore, 'nothing new, so nothing is asked').toHaveBeenCalledTimes(1);

    send({ subscription: 1, seq: 1, ops: [{ type: 'append', values: rooms(20, 30) }] });
    list.see(35, 50);
    await settle();
    expect(backend.loadMore).toHaveBeenCalledTimes(2);
  });

  test('does not take an answer about fewer rooms for the end', async () => {
    let answer: (outcome: MoreOutcome) => void = () => {};
    const { list, backend, send } = opened(() => new Promise((resolve) => (answer = resolve)));
    await settle();
    send({ subscription: 1, seq: 0, ops: [{ type: 'reset', values: rooms(0, 20) }] });
    list.see(0, 15);
    send({ subscription: 1, seq: 1, ops: [{ type: 'append', values: rooms(20, 30) }] });
    answer('end');
    await settle();
    list.see(35, 50);
    expect(backend.loadMore).toHaveBeenCalledTimes(2);
  });
});
