// One room's conversation: its details, its messages, what is being written, and what a person can
// do with a message.

import type { App } from '../app/app.svelte';
import { LiveList } from '../list/live-list.svelte';
import type { Attachment, MemberRow, RoomDetails, SubscriptionId, TimelineRow, WireError } from '../protocol';
import { Draft } from './draft.svelte';

export interface LinkQuestion {
  target: string;
  host: string;
}

export class Conversation {
  details = $state.raw<RoomDetails | null>(null);
  error = $state.raw<WireError | null>(null);
  linkQuestion = $state.raw<LinkQuestion | null>(null);
  picture = $state.raw<Attachment | null>(null);
  /** A sentence about something just done, for the status line. */
  savedPath = $state<string | null>(null);

  readonly timeline: LiveList<TimelineRow>;
  readonly draft: Draft;
  #members: LiveList<MemberRow> | null = null;
  #subscription: SubscriptionId | null = null;
  #closed = false;

  constructor(
    readonly app: App,
    readonly roomId: string,
    readonly onOpenRoom: (roomId: string) => void,
  ) {
    this.timeline = new LiveList(app.backend, (onBatch) => app.backend.subscribeTimeline(roomId, onBatch));
    this.draft = new Draft(app.backend, roomId);
    void this.#subscribe();
  }

  /** The members, loaded when the details are first opened. */
  get members(): LiveList<MemberRow> {
    this.#members ??= new LiveList(this.app.backend, (onBatch) => this.app.backend.subscribeMembers(this.roomId, onBatch));
    return this.#members;
  }

  retrySend(rowId: string): void {
    void this.app.attempt(this.app.backend.retrySend(this.roomId, rowId));
  }

  cancelSend(rowId: string): void {
    void this.app.attempt(this.app.backend.cancelSend(this.roomId, rowId));
  }

  async vote(eventId: string, answers: string[]): Promise<boolean> {
    try {
      await this.app.backend.vote(this.roomId, eventId, answers);
      return true;
    } catch (error) {
      this.app.report(error);
      return false;
    }
  }

  markRead(): void {
    void this.app.backend.markRead(this.roomId).catch(() => {});
  }

  async save(attachment: Attachment): Promise<void> {
    this.savedPath = null;
    this.savedPath = (await this.app.attempt(this.app.backend.saveFile(attachment.file, attachment.filename))) ?? null;
  }

  async openLink(target: string, confirmed = false): Promise<void> {
    this.linkQuestion = null;
    const outcome = await this.app.attempt(this.app.backend.openLink(target, confirmed));
    if (outcome?.type === 'room') this.onOpenRoom(outcome.roomId);
    else if (outcome?.type === 'confirm') this.linkQuestion = { target: outcome.target, host: outcome.host };
  }

  async accept(): Promise<void> {
    await this.app.attempt(this.app.backend.acceptInvitation(this.roomId));
  }

  async decline(): Promise<boolean> {
    try {
      await this.app.backend.declineInvitation(this.roomId);
      return true;
    } catch (error) {
      this.app.report(error);
      return false;
    }
  }

  retry(): void {
    this.error = null;
    void this.#subscribe();
  }

  close(): void {
    this.#closed = true;
    void this.draft.save();
    this.timeline.close();
    this.#members?.close();
    if (this.#subscription !== null) void this.app.backend.unsubscribe(this.#subscription).catch(() => {});
  }

  async #subscribe(): Promise<void> {
    try {
      this.#subscription = await this.app.backend.subscribeRoom(this.roomId, (details) => {
        if (!this.#closed) this.details = details;
      });
      if (this.#closed) await this.app.backend.unsubscribe(this.#subscription).catch(() => {});
    } catch (error) {
      if (!this.#closed) this.error = error as WireError;
    }
  }
}

/** Conversations kept open, so that going back to one takes no time. */
const keepOpen = 4;

export class Conversations {
  readonly #open = new Map<string, Conversation>();

  constructor(
    readonly app: App,
    readonly onOpenRoom: (roomId: string) => void,
  ) {}

  get(roomId: string): Conversation {
    const conversation = this.#open.get(roomId) ?? new Conversation(this.app, roomId, this.onOpenRoom);
    this.#open.delete(roomId);
    this.#open.set(roomId, conversation);
    for (const [oldest, other] of this.#open) {
      if (this.#open.size <= keepOpen) break;
      this.#open.delete(oldest);
      other.close();
    }
    return conversation;
  }

  /** The room is left for now: nothing typed may be lost. */
  leave(roomId: string): void {
    void this.#open.get(roomId)?.draft.save();
  }

  /** The room is left for good, or must be opened afresh. */
  forget(roomId: string): void {
    this.#open.get(roomId)?.close();
    this.#open.delete(roomId);
  }

  close(): void {
    for (const conversation of this.#open.values()) conversation.close();
    this.#open.clear();
  }
}
