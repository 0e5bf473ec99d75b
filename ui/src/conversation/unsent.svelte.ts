// What is being put together in each room and each thread, but was not sent. It stays while others are looked
// at: the draft alone is stored as well, and of that not everything.

import type { Backend } from '../backend';
import type { PollForm } from '../poll/poll-form.svelte';
import type { ConversationId } from '../protocol';
import type { Attachments } from './composer/attachments.svelte';
import { Draft } from './draft.svelte';

/** A place as it is typed. */
const noPlace = () => ({ description: '', latitude: '', longitude: '' });

export class Unsent {
  readonly draft: Draft;
  /** Polls being written, by the event they change; '' is a new one. Kept while their dialog is closed. */
  readonly pollForms = new Map<string, PollForm>();

  /** Files that wait to be sent; loaded with the first of them. */
  attachments = $state.raw<Attachments | null>(null);
  place = $state(noPlace());
  /** Why messages are reported, by their event. */
  readonly reasons = new Map<string, string>();

  constructor(backend: Backend, id: ConversationId) {
    this.draft = new Draft(backend, id);
  }

  discardPlace(): void {
    this.place = noPlace();
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
    for (const unsent of this.#rooms.get(roomId)?.values() ?? []) unsent.attachments?.cancel();
    this.#rooms.delete(roomId);
  }

  close(): void {
    for (const roomId of [...this.#rooms.keys()]) this.forget(roomId);
  }
}
