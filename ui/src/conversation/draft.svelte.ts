// What is being written in one room. Nothing typed is ever lost: it is stored while it is written,
// and stays stored until the core has taken the message. An edit interrupts what is being written, which
// stays stored meanwhile: there is one place for both. Another edit or an answer interrupts an edit whose words
// were changed, which comes back after it; one that was not changed can be begun again. An edit that is ended with
// changed words is kept for when its message is changed again.

import type { Backend } from '../backend';
import type { ConversationId, Draft as StoredDraft, OutgoingText, ReplyPreview, TextMention, WireError } from '../protocol';
import { standing } from './composer/mention-label';

const saveAfterMs = 300;
/** Who types without a pause loses no more than this. */
const longestUnsavedMs = 2000;

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
  readonly #loaded: Promise<void>;
  #loading = true;
  #touched = false;
  #stored = JSON.stringify(nothing);
  /** What comes back when this ends, the last first: edits, and one message at most while an edit is shown. */
  #interrupted: readonly StoredDraft[] = [];
  /** Edits that were ended unsent, by their message. */
  readonly #ended = new Map<string, StoredDraft>();
  /** The message as it was when its edit was begun; `null` where that is not known any more. */
  #begun: StoredDraft | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Since when something waits to be stored. */
  #unsavedSince: number | null = null;
  /** Saving and sending, one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  /** The last message on its way to the core. */
  #sending: Promise<unknown> | null = null;

  constructor(backend: DraftBackend, conversation: ConversationId) {
    this.#backend = backend;
    this.#conversation = conversation;
    this.#loaded = this.#load();
  }

  /** Whether it may differ from what is stored. */
  get touched(): boolean {
    return this.#touched;
  }

  /** What would be sent now. */
  get outgoing(): OutgoingText {
    return toSend(this.#current());
  }

  edit(text: string): void {
    this.text = text;
    // Whether this one is, its sending shows.
    if (this.error?.reason === 'messageTooLong') this.error = null;
    this.#touch();
  }

  /** The latest choice has its label: what had it before may have left the text. */
  mention(mention: TextMention): void {
    this.mentions = [...this.mentions.filter((other) => other.label !== mention.label), mention];
    this.#touch();
  }

  /** The text keeps the words, but addresses nobody with them. */
  forget(mention: TextMention): void {
    this.mentions = this.mentions.filter((other) => other !== mention);
    this.#touch();
  }

  /** An answer leads out of an edit, and its end back to it. */
  answer(message: ReplyPreview | null): void {
    if (message !== null) this.setEditAside();
    this.replyTo = message;
    if (message === null) this.#goBack();
    else this.wanted += 1;
    this.#touch();
  }

  /** Whether there is an edit that changes what is said, or whom it addresses. */
  get editChanged(): boolean {
    return this.edits !== null && (this.#begun === null || saying(this.#current()) !== saying(this.#begun));
  }

  /** What the message that is changed said before; empty where that is not known. */
  get before(): Pick<StoredDraft, 'text' | 'mentions'> {
    return (this.edits !== null && this.#begun) || nothing;
  }

  /** Goes from an edit to the message that is being written. Changed words come back after it. */
  setEditAside(): void {
    if (this.edits === null) return;
    const edits = this.#interrupted.filter((draft) => draft.edits !== null);
    const message = this.#message ?? nothing;
    this.#interrupted = this.editChanged ? [...edits, this.#current()] : edits;
    this.#show(message);
    this.#touch();
  }

  /** Puts a message to change in the place of what is there, which comes back when the edit ends. */
  beginEdit(source: StoredDraft): void {
    // What is not known yet could not come back.
    if (this.#loading) return void this.#loaded.then(() => this.beginEdit(source));
    if (this.edits === null || (this.editChanged && this.edits !== source.edits)) this.#interrupt();
    if (this.edits !== source.edits) {
      const begun = this.#interrupted.find((draft) => draft.edits === source.edits);
      this.#interrupted = this.#interrupted.filter((draft) => draft !== begun);
      this.#show(begun ?? this.#ended.get(source.edits ?? '') ?? source);
      this.#ended.delete(source.edits ?? '');
      this.#begun = source;
    }
    this.wanted += 1;
    this.#touch();
  }

  /** Goes on with an edit that was not taken, before whatever was begun since. */
  resumeEdit(edit: StoredDraft): void {
    if (this.#loading) return void this.#loaded.then(() => this.resumeEdit(edit));
    this.#interrupt();
    this.#show(edit);
    this.wanted += 1;
    this.#touch();
  }

  /** Whether there were words worth keeping. */
  endEdit(): boolean {
    if (this.edits === null) return false;
    const kept = this.editChanged && this.text.trim() !== '';
    if (kept) this.#ended.set(this.edits, this.#current());
    this.#resume();
    this.#touch();
    return kept;
  }

  /** Puts a text back, before what was typed since; behind an edit that is under way. */
  restore(draft: StoredDraft): void {
    if (this.edits === null) this.#show(joined(draft, this.#current()));
    else this.#setMessage(joined(draft, this.#message ?? nothing));
    this.#touch();
  }

  /** Takes out what was sent in another way than with `send`; behind an edit that was begun since. What was written since stays. */
  taken(sent: OutgoingText): void {
    if (this.edits === null) this.#show(without(this.#current(), sent));
    else this.#setMessage(without(this.#message ?? nothing, sent));
    if (isEmpty(this.#current())) this.#goBack();
    this.error = null;
    this.#touch();
  }

  /** Stores what is there now, or what an edit interrupted. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#unsavedSince = null;
    return this.#queue(async () => {
      const draft = this.#worthKeeping();
      const json = JSON.stringify(draft);
      if (!this.#touched || json === this.#stored) return;
      await this.#backend.saveDraft(this.#conversation, isEmpty(draft) ? null : draft);
      this.#stored = json;
    }).catch((error: WireError) => {
      this.error = error;
    });
  }

  /** Clears the field at once; the text comes back if the core does not take it. */
  async send(request = requestId()): Promise<void> {
    const draft = this.#current();
    const message = toSend(draft);
    const { text } = message;
    // What is said with a file may be taken back.
    if (text === '' && draft.edits === null) return;
    clearTimeout(this.#timer);
    this.#touched = true;
    const sent = this.#inTurn(() => this.#backend.sendMessage(this.#conversation, request, message));
    this.#resume();
    this.error = null;
    try {
      await sent;
    } catch (error) {
      if (draft.edits === null) this.restore({ ...draft, text });
      else this.resumeEdit({ ...draft, text });
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
    this.#loading = false;
  }

  #interrupt(): void {
    this.#interrupted = [...this.#interrupted, this.#current()];
  }

  #resume(): void {
    this.#show(this.#interrupted.at(-1) ?? nothing);
    this.#interrupted = this.#interrupted.slice(0, -1);
  }

  /** From a message to the edit that it interrupted, if any: the message comes back when that ends. */
  #goBack(): void {
    if (this.edits !== null || this.#interrupted.length === 0) return;
    const message = this.#current();
    this.#resume();
    this.#setMessage(message);
  }

  /** The message that is being written, where an edit interrupted it. */
  get #message(): StoredDraft | undefined {
    return this.#interrupted.find((draft) => draft.edits === null);
  }

  #setMessage(message: StoredDraft): void {
    this.#interrupted = [message, ...this.#interrupted.filter((draft) => draft.edits !== null)];
  }

  /** An edit has the place in the store only where no message is being written. */
  #worthKeeping(): StoredDraft {
    const current = this.#current();
    const message = current.edits === null ? current : this.#message;
    if (message && !isEmpty(message)) return message;
    return isEmpty(current) ? (this.#interrupted.at(-1) ?? nothing) : current;
  }

  #show(draft: StoredDraft): void {
    this.#begun = null;
    this.text = draft.text;
    this.mentions = draft.mentions;
    this.replyTo = draft.replyTo;
    this.edits = draft.edits;
  }

  #current(): StoredDraft {
    return { text: this.text, mentions: standing(this.text, this.mentions), replyTo: this.replyTo, edits: this.edits };
  }

  #touch(): void {
    this.#touched = true;
    clearTimeout(this.#timer);
    const now = Date.now();
    this.#unsavedSince ??= now;
    // A clock may be set back.
    const left = Math.min(longestUnsavedMs, Math.max(0, this.#unsavedSince + longestUnsavedMs - now));
    this.#timer = setTimeout(() => void this.save(), Math.min(saveAfterMs, left));
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

/** One text before another; the later one answers what it answers, if anything. */
function joined(draft: StoredDraft, later: StoredDraft): StoredDraft {
  return {
    text: [draft.text, later.text].filter((text) => text !== '').join('\n'),
    mentions: [...later.mentions, ...draft.mentions.filter((mention) => !later.mentions.some((other) => other.label === mention.label))],
    replyTo: later.replyTo ?? draft.replyTo,
    edits: later.edits,
  };
}

function toSend({ text, mentions, replyTo, edits }: StoredDraft): OutgoingText {
  return { text: text.trim(), mentions, replyTo: replyTo?.eventId ?? null, edits };
}

/** What of a draft others would see. */
const saying = ({ text, mentions }: StoredDraft): string => JSON.stringify([text.trim(), standing(text, mentions)]);

function without(draft: StoredDraft, sent: OutgoingText): StoredDraft {
  const rest = draft.text.trim() === sent.text ? { text: '', mentions: [] } : {};
  return { ...draft, ...rest, replyTo: draft.replyTo?.eventId === sent.replyTo ? null : draft.replyTo };
}

function isEmpty(draft: StoredDraft): boolean {
  return draft.text === '' && draft.replyTo === null && draft.edits === null;
}
