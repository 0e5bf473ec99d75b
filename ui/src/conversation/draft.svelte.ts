// What is being written in one room. Nothing typed is ever lost: it is stored while it is written,
// and stays stored until the core has taken the message.

import type { Backend } from '../backend';
import type { ConversationId, Draft as StoredDraft, ReplyPreview, TextMention, WireError } from '../protocol';

const saveAfterMs = 300;

type DraftBackend = Pick<Backend, 'loadDraft' | 'saveDraft' | 'sendMessage'>;

export function requestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const nothing: StoredDraft = { text: '', mentions: [], replyTo: null, edits: null };

export class Draft {
  text = $state('');
  mentions = $state.raw<readonly TextMention[]>([]);
  replyTo = $state.raw<ReplyPreview | null>(null);
  /** The own message that is being changed. */
  edits = $state<string | null>(null);
  error = $state.raw<WireError | null>(null);
  /** Counts how often somebody asked for the text field: to answer a message or to change one. */
  wanted = $state(0);

  readonly #backend: DraftBackend;
  readonly #conversation: ConversationId;
  #touched = false;
  #stored = JSON.stringify(nothing);
  /** What was being written when an edit began; comes back when the edit ends. */
  #interrupted: StoredDraft | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Saving and sending, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  /** The last message on its way to the core. */
  #sending: Promise<unknown> | null = null;

  constructor(backend: DraftBackend, conversation: ConversationId) {
    this.#backend = backend;
    this.#conversation = conversation;
    void this.#load();
  }

  edit(text: string): void {
    this.text = text;
    this.#touch();
  }

  mention(mention: TextMention): void {
    if (!this.mentions.some((other) => other.label === mention.label)) this.mentions = [...this.mentions, mention];
    this.#touch();
  }

  /** The text keeps the words, but addresses nobody with them. */
  forget(mention: TextMention): void {
    this.mentions = this.mentions.filter((other) => other !== mention);
    this.#touch();
  }

  answer(message: ReplyPreview | null): void {
    this.replyTo = message;
    if (message !== null) this.wanted += 1;
    this.#touch();
  }

  /** Replaces what is there by a message to change. */
  beginEdit(source: StoredDraft): void {
    if (this.edits === null) this.#interrupted = this.#current();
    this.#show(source);
    this.wanted += 1;
    this.#touch();
  }

  endEdit(): void {
    if (this.edits === null) return;
    this.#show(this.#interrupted ?? nothing);
    this.#interrupted = null;
    this.#touch();
  }

  /** Puts a text back, before what was typed since. */
  restore(draft: StoredDraft): void {
    this.text = this.text === '' ? draft.text : `${draft.text}\n${this.text}`;
    this.mentions = [...this.mentions, ...draft.mentions.filter((mention) => !this.mentions.some((other) => other.label === mention.label))];
    this.replyTo ??= draft.replyTo;
    this.#touch();
  }

  /** Stores what is there now. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#queue(async () => {
      const draft = this.#current();
      const json = JSON.stringify(draft);
      if (!this.#touched || json === this.#stored) return;
      await this.#backend.saveDraft(this.#conversation, isEmpty(draft) ? null : draft);
      this.#stored = json;
    }).catch((error: WireError) => {
      this.error = error;
    });
  }

  /** Clears the field at once; the text comes back if the core does not take it. */
  async send(): Promise<void> {
    const draft = this.#current();
    const text = draft.text.trim();
    if (text === '') return;
    clearTimeout(this.#timer);
    this.#touched = true;
    const request = requestId();
    const message = { text, mentions: draft.mentions, replyTo: draft.replyTo?.eventId ?? null, edits: draft.edits };
    const sent = this.#inTurn(() => this.#backend.sendMessage(this.#conversation, request, message));
    this.#show(this.edits === null ? nothing : (this.#interrupted ?? nothing));
    this.#interrupted = null;
    this.error = null;
    try {
      await sent;
    } catch (error) {
      this.restore({ ...draft, text });
      if (draft.edits !== null) this.edits = draft.edits;
      this.error = error as WireError;
    }
    await this.save();
  }

  async #load(): Promise<void> {
    try {
      const draft = (await this.#backend.loadDraft(this.#conversation)) ?? nothing;
      this.#stored = JSON.stringify(draft);
      if (!this.#touched) this.#show(draft);
    } catch (error) {
      this.error = error as WireError;
    }
  }

  #show(draft: StoredDraft): void {
    this.text = draft.text;
    this.mentions = draft.mentions;
    this.replyTo = draft.replyTo;
    this.edits = draft.edits;
  }

  #current(): StoredDraft {
    return { text: this.text, mentions: this.mentions.filter((mention) => this.text.includes(mention.label)), replyTo: this.replyTo, edits: this.edits };
  }

  #touch(): void {
    this.#touched = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), saveAfterMs);
  }

  /** A message leaves at once, or after the one before it: somebody waits to see it. What is saved later waits. */
  #inTurn(send: () => Promise<void>): Promise<void> {
    const sent = this.#sending === null ? send() : this.#sending.then(send);
    const settled: Promise<unknown> = sent.catch(() => {}).then(() => {
      if (this.#sending === settled) this.#sending = null;
    });
    this.#sending = settled;
    this.#work = Promise.all([this.#work, settled]);
    return sent;
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work, work);
    this.#work = result.catch(() => {});
    return result;
  }
}

function isEmpty(draft: StoredDraft): boolean {
  return draft.text === '' && draft.replyTo === null && draft.edits === null;
}
