// What is being written in one room. Nothing typed is ever lost: it is stored while it is written,
// and stays stored until the core has taken the message.

import type { Backend } from '../backend';
import type { WireError } from '../protocol';

const saveAfterMs = 300;

type DraftBackend = Pick<Backend, 'loadDraft' | 'saveDraft' | 'sendText'>;

function requestId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Draft {
  text = $state('');
  error = $state.raw<WireError | null>(null);

  readonly #backend: DraftBackend;
  readonly #roomId: string;
  #touched = false;
  #stored = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Saving and sending, one after the other. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(backend: DraftBackend, roomId: string) {
    this.#backend = backend;
    this.#roomId = roomId;
    void this.#load();
  }

  edit(text: string): void {
    this.text = text;
    this.#touched = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), saveAfterMs);
  }

  /** Stores what is there now. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#queue(async () => {
      if (!this.#touched || this.text === this.#stored) return;
      const text = this.text;
      await this.#backend.saveDraft(this.#roomId, text);
      this.#stored = text;
    }).catch((error: WireError) => {
      this.error = error;
    });
  }

  /** Clears the field at once; the text comes back if the core does not take it. */
  async send(): Promise<void> {
    const body = this.text.trim();
    if (body === '') return;
    clearTimeout(this.#timer);
    this.#touched = true;
    this.text = '';
    this.error = null;
    const request = requestId();
    try {
      await this.#queue(() => this.#backend.sendText(this.#roomId, request, body));
    } catch (error) {
      this.text = this.text === '' ? body : `${body}\n${this.text}`;
      this.error = error as WireError;
    }
    await this.save();
  }

  async #load(): Promise<void> {
    try {
      const text = (await this.#backend.loadDraft(this.#roomId)) ?? '';
      this.#stored = text;
      if (!this.#touched) this.text = text;
    } catch (error) {
      this.error = error as WireError;
    }
  }

  #queue<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#work.then(work, work);
    this.#work = result.catch(() => {});
    return result;
  }
}
