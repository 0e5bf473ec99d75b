// One room's conversation, or one thread of it: its messages, what is being written, and what a person
// can do with a message.

import type { App } from '../app/app.svelte';
import { LiveList } from '../list/live-list.svelte';
import { m } from '../paraglide/messages';
import type { Asked } from '../poll/poll-form.svelte';
import type { Attachment, ConversationId, MemberRow, MessageRow, Poll, RoomDetails, SubscriptionId, TimelineFocus, TimelineRow, WireError } from '../protocol';
import { UndoWindow, type Sent } from './composer/undo.svelte';
import type { Draft } from './draft.svelte';
import { EverythingUnsent, type Unsent } from './unsent.svelte';

export interface LinkQuestion {
  target: string;
  host: string;
}

export interface ShownPicture {
  attachment: Attachment;
  list: LiveList<TimelineRow>;
  /** Nothing newer than the list has can be loaded. */
  live: boolean;
}

/** With the poll as it was when the dialog was opened. */
type PollTask = { type: 'results' | 'end'; eventId: string; poll: Poll } | { type: 'edit'; eventId: string; poll: Asked };

export interface ConversationMenu {
  label: string;
  entries: readonly { id: string; label: string; apart?: boolean; danger?: boolean; run: () => void }[];
  at: { x: number; y: number };
}

interface Jump {
  /** Takes the focus along from wherever it is. */
  focus?: boolean;
  /** To what comes after the message, in the room. */
  past?: boolean;
}

export interface FileTask {
  /** `ask` is about a file that may hold programs, `refuse` about one that may be a program. */
  type: 'ask' | 'refuse' | 'text' | 'pdf';
  attachment: Attachment;
}

/** Whom "@room" notifies: everybody but oneself. */
export const othersIn = (details: RoomDetails | null): number => Math.max(0, (details?.memberCount ?? 0) - 1);

export class Conversation {
  details = $state.raw<RoomDetails | null>(null);
  error = $state.raw<WireError | null>(null);
  linkQuestion = $state.raw<LinkQuestion | null>(null);
  /** The picture that is looked at, and the list whose pictures come before and after it. */
  picture = $state.raw<ShownPicture | null>(null);
  /** The poll that a dialog is about. */
  pollTask = $state.raw<PollTask | null>(null);
  /** The file that a dialog is about. */
  fileTask = $state.raw<FileTask | null>(null);
  /** A menu over the window, asked for by something in a message. */
  menu = $state.raw<ConversationMenu | null>(null);
  /** A sentence about something just done, for the status line. */
  notice = $state<string | null>(null);
  /** What is being put together beside the text. */
  composing = $state<'poll' | 'location' | null>(null);
  /** Kept up to date also while others are on screen, so that what arrives is announced. */
  readonly latest: LiveList<TimelineRow>;
  /** The messages on screen: the latest, or those around the event that was jumped to. */
  timeline = $state.raw() as LiveList<TimelineRow>;
  /** The event whose surroundings are shown; `null` while the latest messages are. */
  target = $state<string | null>(null);
  /** The message to bring into view. A new object for every request. */
  wanted = $state.raw<({ eventId: string } & Jump) | null>(null);

  /** The same for a message of a thread, which is shown beside the conversation. */
  wantedInThread = $state.raw<{ rootId: string; eventId: string } | null>(null);

  /** Marked as unread on purpose: going on looking at it must not undo that. */
  keptUnread = false;

  readonly id: ConversationId;
  readonly unsent: Unsent;
  /** For what was sent last. */
  readonly undo = new UndoWindow();
  #members: LiveList<MemberRow> | null = null;
  #subscription: SubscriptionId | null = null;
  #closed = false;
  /** Counts the places that were asked for: only the last one is gone to. */
  #jumps = 0;

  constructor(
    readonly app: App,
    readonly roomId: string,
    readonly onOpenRoom: (roomId: string, eventId: string | null) => void,
    /** Root of the thread, where this is one. */
    readonly thread: string | null = null,
    /** The conversation beside which a thread is shown. */
    readonly around: Conversation | null = null,
    /** Where what is not sent outlives the conversation. */
    readonly everythingUnsent: EverythingUnsent = around?.everythingUnsent ?? new EverythingUnsent(app.backend),
  ) {
    this.id = { roomId, thread };
    this.latest = this.list(thread === null ? { type: 'live' } : { type: 'thread', rootId: thread });
    this.timeline = this.latest;
    this.unsent = everythingUnsent.of(this.id);
    void this.#subscribe();
  }

  get draft(): Draft {
    return this.unsent.draft;
  }

  /** Another selection of the room's messages. Whoever asks closes it. */
  list(focus: TimelineFocus): LiveList<TimelineRow> {
    return new LiveList(this.app.backend, (onBatch) => this.app.backend.subscribeTimeline(this.roomId, focus, onBatch));
  }

  /** The members, loaded when the details are first opened. */
  get members(): LiveList<MemberRow> {
    this.#members ??= new LiveList(this.app.backend, (onBatch) => this.app.backend.subscribeMembers(this.roomId, onBatch));
    return this.#members;
  }

  /** Shows a message, wherever it is in the history. */
  jumpTo(eventId: string, jump: Jump = {}): void {
    this.#jumps += 1;
    if (this.#holds(eventId)) this.wanted = { eventId, ...jump };
    else if (this.thread !== null) void this.#seek(eventId, jump);
    else void this.#find(eventId, jump);
  }

  jumpToLatest(): void {
    this.#jumps += 1;
    if (this.target === null) return;
    this.target = null;
    this.wanted = null;
    this.#show(this.latest);
  }

  #show(timeline: LiveList<TimelineRow>): void {
    if (this.timeline !== this.latest) this.timeline.close();
    this.timeline = timeline;
  }

  #holds(eventId: string): boolean {
    return this.timeline.rows.some((row) => row.content.type === 'message' && row.content.eventId === eventId);
  }

  /** Shows the room around a message, or the thread in which it answers. */
  async #find(eventId: string, jump: Jump): Promise<void> {
    const asked = this.#jumps;
    // Where it cannot be known, the surroundings say why.
    const rootId = jump.past ? null : await this.app.backend.threadOf(this.roomId, eventId).catch(() => null);
    if (asked !== this.#jumps || this.#closed) return;
    if (rootId !== null) {
      this.wantedInThread = { rootId, eventId };
      return;
    }
    this.target = eventId;
    this.#show(this.list({ type: 'event', eventId }));
    this.wanted = { eventId, ...jump };
  }

  /** Pages back through a thread, which has no surroundings of its own, until the message is there. One of elsewhere is shown there. */
  async #seek(eventId: string, jump: Jump): Promise<void> {
    const asked = this.#jumps;
    // Where it cannot be known, it is looked for here.
    const rootId = eventId === this.thread ? this.thread : await this.app.backend.threadOf(this.roomId, eventId).catch(() => this.thread);
    if (asked !== this.#jumps || this.#closed) return;
    if (rootId !== this.thread) return this.around?.jumpTo(eventId, { ...jump, focus: true });
    const { timeline } = this;
    this.notice = null;
    for (let page = 0; page < mostPages && !this.#holds(eventId) && !timeline.complete && !timeline.error; page += 1) await timeline.loadMore();
    if (!this.#holds(eventId)) await new Promise((resolve) => setTimeout(resolve, rowsPatience));
    if (asked !== this.#jumps || this.#closed) return;
    if (this.#holds(eventId)) this.wanted = { eventId, ...jump };
    else if (!timeline.error) this.notice = timeline.complete ? m.jump_not_there() : m.jump_too_far();
  }

  /** Sends what can be taken back for a moment once the core has it. */
  async send(what: Sent, request: string, sending: Promise<void>): Promise<void> {
    this.undo.begin(this.latest.rows, request, what);
    await sending;
    this.undo.sent(request);
  }

  retrySend(rowId: string): void {
    void this.app.attempt(this.app.backend.retrySend(this.id, rowId));
  }

  cancelSend(rowId: string): void {
    void this.app.attempt(this.app.backend.cancelSend(this.id, rowId));
  }

  async vote(eventId: string, answers: string[]): Promise<boolean> {
    return this.app.succeeds(this.app.backend.vote(this.id, eventId, answers));
  }

  markRead(): void {
    if (this.target !== null || this.keptUnread) return;
    void this.app.backend.markRead(this.id).catch(() => {});
  }

  /** The person looks elsewhere. */
  lookAway(): void {
    if (this.thread === null) void this.app.backend.lookAway(this.roomId).catch(() => {});
  }

  showPicture(attachment: Attachment, list: LiveList<TimelineRow> = this.timeline): void {
    this.picture = { attachment, list, live: list !== this.timeline || this.target === null };
  }

  /** Opens a file with the system's program for it, after a question where it may hold programs, and not where it may be one. */
  async openFile(attachment: Attachment, confirmed = false): Promise<void> {
    this.fileTask = null;
    this.notice = null;
    const outcome = await this.app.attempt(this.app.backend.openFile(attachment.file, attachment.filename, confirmed));
    if (outcome?.type === 'opened') this.notice = m.file_opened({ path: outcome.path });
    else if (outcome) this.fileTask = { type: outcome.type === 'refused' ? 'refuse' : 'ask', attachment };
  }

  /** A message that is on screen or was loaded; also by its row, from before it had an identifier. */
  message(eventOrRowId: string): MessageRow | null {
    for (const { rows } of new Set([this.timeline, this.latest])) for (const { id, content } of rows) if (content.type === 'message' && (content.eventId === eventOrRowId || id === eventOrRowId)) return content;
    return null;
  }

  async markUnread(): Promise<boolean> {
    this.keptUnread = true;
    return this.app.succeeds(this.app.backend.setUnread(this.roomId, true));
  }

  async save(attachment: Attachment): Promise<void> {
    this.notice = null;
    const saved = await this.app.attempt(this.app.backend.saveFile(attachment.file, attachment.filename));
    if (saved) this.notice = saved.mayRun ? m.file_saved_may_run(saved) : m.file_saved(saved);
  }

  async openLink(target: string, shown: string, confirmed = false): Promise<void> {
    this.linkQuestion = null;
    const outcome = await this.app.attempt(this.app.backend.openLink(target, shown, confirmed));
    if (outcome?.type === 'room') this.onOpenRoom(outcome.roomId, outcome.eventId);
    else if (outcome?.type === 'confirm') this.linkQuestion = { target: outcome.target, host: outcome.host };
  }

  async accept(): Promise<void> {
    await this.app.attempt(this.app.backend.acceptInvitation(this.roomId));
  }

  async decline(): Promise<boolean> {
    return this.app.succeeds(this.app.backend.declineInvitation(this.roomId));
  }

  retry(): void {
    this.error = null;
    void this.#subscribe();
  }

  close(): void {
    this.#closed = true;
    void this.draft.save();
    this.#show(this.latest);
    this.latest.close();
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

/** Pages of a thread that are looked through for one message. */
const mostPages = 20;

/** Milliseconds in which the rows of a page follow the answer that it is loaded. */
const rowsPatience = 300;

/** Conversations kept open, so that going back to one takes no time. */
const keepOpen = 10;

export class Conversations {
  readonly #open = new Map<string, Conversation>();

  constructor(
    readonly app: App,
    readonly onOpenRoom: (roomId: string, eventId: string | null) => void,
  ) {}

  get(roomId: string): Conversation {
    const conversation = this.#open.get(roomId) ?? new Conversation(this.app, roomId, this.onOpenRoom, null, null, this.app.unsent);
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
    this.app.unsent.forget(roomId);
  }

  close(): void {
    for (const conversation of this.#open.values()) conversation.close();
    this.#open.clear();
  }
}
