// Which message is being acted on in one timeline: where the toolbar hangs, whose menu is open, what is
// selected, which question is asked. What an action does is in `perform`, loaded once the messages are drawn.

import type { Component } from 'svelte';

import type { Conversation } from '../../conversation/conversation.svelte';
import type { MessageRow, RoomPermissions, TimelineRow } from '../../protocol';
import { availableActions, canSelect, type MessageAction } from './available';

export interface Target {
  rowId: string;
  message: MessageRow;
}

/** A place in the window. */
export interface Place {
  x: number;
  y: number;
}

export type Question =
  | { type: 'details' | 'history' | 'report'; target: Target }
  | { type: 'delete' | 'forward'; targets: readonly Target[] };

const nothingAllowed: RoomPermissions = { react: false, sendPolls: false, vote: false, redactOwn: false, redactOthers: false, pin: false, notifyRoom: false };
const noticeMs = 4000;
const flashMs = 2500;

type ToolbarComponent = Component<{ target: Target; actions: MessageActions }>;

const selectable = (rows: readonly TimelineRow[]): string[] => rows.filter(({ content }) => content.type === 'message' && canSelect(content)).map(({ id }) => id);

export class MessageActions {
  /** The message under the mouse. */
  hovered = $state<string | null>(null);
  /** The message that has the focus, where the keyboard brought it there. */
  focused = $state<string | null>(null);
  /** The row that had the focus last or was jumped to, and stays drawn because of it. */
  held = $state<string | null>(null);
  /** The message that Tab leads to. */
  reachable = $state<string | null>(null);
  /** The message that was jumped to. */
  flashed = $state<string | null>(null);
  menu = $state.raw<{ target: Target; at: Place; address: string | null } | null>(null);
  /** The message for which an emoji is being chosen. */
  picker = $state.raw<Target | null>(null);
  question = $state.raw<Question | null>(null);
  /** Rows that are ticked; `null` while nothing is being selected. */
  selected = $state.raw<ReadonlySet<string> | null>(null);
  /** A sentence about what was just done. */
  notice = $state('');
  /** Drawn for one message at a time, so it need not be there at first. */
  Toolbar = $state.raw<ToolbarComponent | null>(null);

  toolbar = $derived(this.selected ? null : (this.menu?.target.rowId ?? this.picker?.rowId ?? this.hovered ?? this.focused));

  /** Where a range of selected messages begins, and what was ticked one by one when it did. */
  #anchor: string | null = null;
  #ticked: ReadonlySet<string> = new Set();
  #noticeTimer: ReturnType<typeof setTimeout> | undefined;
  #flashTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly conversation: Conversation,
    readonly openThread: (rootId: string) => void,
    /** Puts the focus into the composer beside this timeline. */
    readonly write: () => void,
  ) {}

  get permissions(): RoomPermissions {
    return this.conversation.details?.permissions ?? nothingAllowed;
  }

  isPinned(message: MessageRow): boolean {
    return message.eventId !== null && (this.conversation.details?.pinned.includes(message.eventId) ?? false);
  }

  available(message: MessageRow): MessageAction[] {
    const details = this.conversation.details;
    return availableActions(message, {
      permissions: this.permissions,
      canSend: details !== null && details.canSend && details.membership === 'joined',
      inThread: this.conversation.thread !== null,
      pinned: this.isPinned(message),
    });
  }

  async prepare(): Promise<void> {
    // WebKit lets a key press or a click copy something, but not after it has waited for a module.
    void import('./perform');
    this.Toolbar ??= (await import('./MessageToolbar.svelte')).default;
  }

  /** `address` is that of the link in the message that the menu is asked for. */
  openMenu(target: Target, at: Place, address: string | null = null): void {
    if (this.available(target.message).length > 0) this.menu = { target, at, address };
  }

  async run(action: MessageAction, target: Target): Promise<void> {
    this.menu = null;
    if (!this.available(target.message).includes(action)) return;
    const { perform } = await import('./perform');
    await perform(this, action, target);
  }

  /** Chooses an emoji beside an element. */
  pick(target: Target, beside: HTMLElement): void {
    beside.focus({ preventScroll: true });
    this.picker = target;
  }

  react(message: MessageRow, key: string): void {
    this.menu = null;
    this.picker = null;
    const { app, id } = this.conversation;
    if (message.eventId === null || !this.permissions.react) return;
    void app.attempt(app.backend.toggleReaction(id, message.eventId, key));
  }

  /** Begins to select messages, with this one. */
  select(rowId: string): void {
    this.#mark(new Set([rowId]), rowId);
  }

  /** Ticks a message or takes the tick away. */
  toggle({ rowId, message }: Target): void {
    if (!this.selected || !canSelect(message)) return;
    const next = new Set(this.selected);
    if (!next.delete(rowId)) next.add(rowId);
    this.#mark(next, rowId);
  }

  /** Ticks everything from the message that was ticked last to this row, instead of what was ticked this way before. */
  selectTo(rows: readonly TimelineRow[], rowId: string): void {
    if (!this.selected) return;
    const to = rows.findIndex((row) => row.id === rowId);
    const from = rows.findIndex((row) => row.id === this.#anchor);
    if (to < 0) return;
    const range = from < 0 ? [rows[to]!] : rows.slice(Math.min(from, to), Math.max(from, to) + 1);
    this.selected = new Set([...this.#ticked, ...selectable(range)]);
  }

  /** Leaves only these ticked, where something is being selected. */
  keepSelected(rowIds: readonly string[]): void {
    if (this.selected) this.#mark(new Set(rowIds), null);
  }

  /** Ticks every message that is loaded. */
  selectAll(rows: readonly TimelineRow[]): void {
    if (this.selected) this.#mark(new Set([...this.selected, ...selectable(rows)]), this.#anchor);
  }

  #mark(selected: ReadonlySet<string>, anchor: string | null): void {
    this.selected = selected;
    this.#ticked = selected;
    this.#anchor = anchor;
  }

  tell(notice: string): void {
    clearTimeout(this.#noticeTimer);
    this.notice = notice;
    this.#noticeTimer = setTimeout(() => (this.notice = ''), noticeMs);
  }

  flash(rowId: string): void {
    clearTimeout(this.#flashTimer);
    this.flashed = rowId;
    this.#flashTimer = setTimeout(() => (this.flashed = null), flashMs);
  }
}
