// Files chosen for sending, until they are sent or put back.

import type { App } from '../../app/app.svelte';
import { m } from '../../paraglide/messages';
import type { StagedFile, WireError } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import { requestId } from '../draft.svelte';

/** What some programs call every picture they put into the clipboard. */
const nameless = /^image\.\w+$/;

export class Attachments {
  files = $state.raw<readonly StagedFile[]>([]);
  caption = $state('');
  gallery = $state(false);
  keepMetadata = $state(false);
  sending = $state(false);
  error = $state.raw<WireError | null>(null);

  readonly withMetadata = $derived(this.files.filter((file) => file.metadata === 'removable').length);
  readonly sendable = $derived(this.files.length > 0 && this.files.every((file) => file.problem === null));

  readonly #app: App;
  #request = requestId();

  constructor(readonly conversation: Conversation) {
    this.#app = conversation.app;
  }

  add(files: readonly StagedFile[]): void {
    this.files = [...this.files, ...files];
  }

  /** Asks the person. */
  async pick(): Promise<void> {
    this.add((await this.#app.attempt(this.#app.backend.pickFiles())) ?? []);
  }

  /** Takes what was pasted, in order. */
  async paste(files: readonly File[]): Promise<void> {
    for (const file of files) {
      const name = file.name === '' || nameless.test(file.name) ? m.pasted_file_name({ extension: file.type.split('/')[1]?.replace(/\W.*/, '') || 'png' }) : file.name;
      const staged = await this.#app.attempt(file.arrayBuffer().then((content) => this.#app.backend.stageFile(name, file.type, content)));
      if (staged) this.add([staged]);
    }
  }

  /** Takes the picture that was copied, where the page is not told of it. */
  async pastePicture(): Promise<void> {
    const staged = await this.#app.attempt(this.#app.backend.stageCopiedPicture(m.pasted_file_name({ extension: 'png' })));
    if (staged) this.add([staged]);
  }

  remove(id: string): void {
    if (this.sending) return;
    this.files = this.files.filter((file) => file.id !== id);
    void this.#app.backend.discardStaged([id]).catch(() => {});
    if (this.files.length === 0) this.#reset();
  }

  /** Puts everything back. What is being taken by the core can be cancelled in the conversation, a moment later. */
  cancel(): void {
    if (this.sending) return;
    const ids = this.files.map((file) => file.id);
    if (ids.length > 0) void this.#app.backend.discardStaged(ids).catch(() => {});
    this.#reset();
  }

  /** The dialog stays, with what was written, where the core does not take the files. */
  async send(): Promise<boolean> {
    if (!this.sendable || this.sending) return false;
    this.sending = true;
    this.error = null;
    const { draft } = this.conversation;
    const replyTo = draft.edits === null ? (draft.replyTo?.eventId ?? null) : null;
    try {
      await this.#app.backend.sendFiles(this.conversation.id, this.#request, {
        files: this.files.map((file) => file.id),
        caption: { text: this.caption.trim(), mentions: [], replyTo, edits: null },
        gallery: this.gallery && this.files.length > 1,
        keepMetadata: this.keepMetadata,
      });
    } catch (error) {
      this.error = error as WireError;
      return false;
    } finally {
      this.sending = false;
    }
    if (replyTo !== null) draft.answer(null);
    this.#reset();
    return true;
  }

  #reset(): void {
    this.files = [];
    this.caption = '';
    this.gallery = false;
    this.keepMetadata = false;
    this.error = null;
    this.#request = requestId();
  }
}
