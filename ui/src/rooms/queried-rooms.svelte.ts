// Rooms that somebody looks for: one list of the core.

import type { Backend } from '../backend';
import { LiveList } from '../list/live-list.svelte';
import type { RoomListQuery, RoomRow } from '../protocol';

/** A list of rooms whose question can change. */
export class QueriedRooms {
  readonly list: LiveList<RoomRow>;
  readonly #backend: Backend;
  #query: RoomListQuery;

  constructor(backend: Backend, query: RoomListQuery) {
    this.#backend = backend;
    this.#query = query;
    this.list = new LiveList<RoomRow>(backend, async (onBatch) => {
      const asked = this.#query;
      const subscription = await backend.subscribeRooms(asked, (batch) => {
        const before = this.list.rows.length;
        onBatch(batch);
        // The end was that of the rooms known until then; the core shows a page at a time of those that came.
        if (this.list.rows.length > before) this.list.restart();
      });
      if (asked !== this.#query) await backend.setRoomListQuery(subscription, this.#query);
      return subscription;
    });
  }

  ask(change: Partial<RoomListQuery>): void {
    this.#query = { ...this.#query, ...change };
    this.list.restart();
    const subscription = this.list.subscription;
    if (subscription !== null) this.#backend.setRoomListQuery(subscription, this.#query).catch(() => this.list.retry());
  }
}
