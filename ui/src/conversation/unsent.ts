// What is being put together in each room and each thread, but was not sent. It stays while others are looked
// at: the draft alone is stored as well, and of that not everything.

import type { Backend } from '../backend';
import type { PollForm } from '../poll/poll-form.svelte';
import type { ConversationId } from '../protocol';
import { Draft } from './draft.svelte';

export class Unsent {
  readonly draft: Draft;
  /** Polls being written, by the event they change; '' is a new one. Kept while their dialog is closed. */
  readonly pollForms = new Map<string, PollForm>();

  constructor(backend: Backend, id: ConversationId) {
    this.draft = new Draft(backend, id);
  }
}

/** Of a whole session. */
export class EverythingUnsent {
  /** By room, and in it by thread; '' is the room itself. */
  readonly #rooms = new Map<string, Map<string, Unsent>>();

  constructor(readonly backend: Backend) {}

  of(id: ConversationId): Unsent {
    const room = this.#rooms.get(id.roomId) ?? new Map<string, Unsent>();
    const unsent = room.get(id.thread ?? '') ?? new Unsent(this.backend, id);
    this.#rooms.set(id.roomId, room.set(id.thread ?? '', unsent));
    return unsent;
  }

  forget(roomId: string): void {
    this.#rooms.delete(roomId);
  }
}
