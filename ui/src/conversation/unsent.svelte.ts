// What is being put together in each room and each thread, but was not sent. It stays while others are looked
// at: the draft alone is stored as well, and of that not everything.

import type { Backend } from '../backend';
import type { PollForm } from '../poll/poll-form.svelte';
import type { ConversationId } from '../protocol';
import type { Attachments } from './composer/attachments.svelte';
import { Draft } from './draft.svelte';

/** A place as it is typed. */
interface TypedPlace {
  description: string;
  latitude: string;
  longitude: string;
}

const noPlace = (): TypedPlace => ({ description: '', latitude: '', longitude: '' });
export const isTyped = (place: TypedPlace): boolean => Object.values(place).some((text: string) => text.trim() !== '');

export class Unsent {
  draft: Draft;
  /** Polls being written, by the event they change; '' is a new one. Kept while their dialog is closed. */
  readonly pollForms = new Map<string, PollForm>();
  /** What comes after these, the last first. */
  readonly #laterPolls: { key: string; form: PollForm }[] = [];

  /** Files that wait to be sent; loaded with the first of them. */
  attachments = $state.raw<Attachments | null>(null);
  place = $state(noPlace());
  readonly #laterPlaces: TypedPlace[] = [];
  /** Why messages are reported, by their event. */
  readonly reasons = new Map<string, string>();
  /** Answers that are ticked, by the event of their poll. */
  #ticked = $state.raw<ReadonlyMap<string, readonly string[]>>(new Map());

  #paused = false;

  constructor(
    readonly backend: Backend,
    readonly id: ConversationId,
  ) {
    this.draft = new Draft(backend, id);
  }

  /** The core forgets chosen files with their session. */
  pause(): void {
    this.#paused = true;
    this.attachments?.cancel();
    this.attachments = null;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    // Without a session it may not even have been read.
    if (!this.draft.touched) this.draft = new Draft(this.backend, this.id);
    // What failed for that reason is done now.
    this.draft.error = null;
    void this.draft.save();
  }

  /** Goes on with a poll that was sent: before one that was begun since, unless that is on screen. */
  resumePoll(key: string, form: PollForm, onScreen: boolean): void {
    const begun = this.pollForms.get(key);
    if (begun && onScreen) this.#laterPolls.push({ key, form });
    else {
      if (begun?.touched) this.#laterPolls.push({ key, form: begun });
      this.pollForms.set(key, form);
    }
  }

  /** A poll was sent or discarded. */
  endPoll(key: string): void {
    const index = this.#laterPolls.findLastIndex((later) => later.key === key);
    const [later] = index === -1 ? [] : this.#laterPolls.splice(index, 1);
    if (later) this.pollForms.set(key, later.form);
    else this.pollForms.delete(key);
  }

  /** The same with a place. */
  resumePlace(place: TypedPlace, onScreen: boolean): void {
    if (!isTyped(this.place)) this.place = place;
    else if (onScreen) this.#laterPlaces.push(place);
    else {
      this.#laterPlaces.push(this.place);
      this.place = place;
    }
  }

  ticked(pollId: string): readonly string[] | null {
    return this.#ticked.get(pollId) ?? null;
  }

  /** `null` is what was sent last. */
  tick(pollId: string, answers: readonly string[] | null): void {
    const ticked = new Map(this.#ticked);
    if (answers) ticked.set(pollId, answers);
    else ticked.delete(pollId);
    this.#ticked = ticked;
  }

  /** A place was sent or discarded. */
  endPlace(): void {
    this.place = this.#laterPlaces.pop() ?? noPlace();
  }
}

/** Of a whole session, also where it is interrupted until the password is entered again. */
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

  pause(): void {
    for (const room of this.#rooms.values()) for (const unsent of room.values()) unsent.pause();
  }

  resume(): void {
    for (const room of this.#rooms.values()) for (const unsent of room.values()) unsent.resume();
  }

  /** The session is over. */
  close(): void {
    for (const roomId of [...this.#rooms.keys()]) this.forget(roomId);
  }
}
