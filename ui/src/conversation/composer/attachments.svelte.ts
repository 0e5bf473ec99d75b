// Files chosen for sending, until they are sent or put back. What is being written goes with them: it stays the
// draft of the conversation meanwhile, so that nothing of it is lost.

import type { App } from '../../app/app.svelte';
import { m } from '../../paraglide/messages';
import type { StagedFile, TakenBack, WireError } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import { Draft, requestId } from '../draft.svelte';
import { recordingFacts } from './recording-facts';

/** What some programs call every picture they put into the clipboard. */
const nameless = /^image\.\w+$/;

/** Milliseconds that sending waits for the players, which tell what people see of a film before they load it. */
const examinePatience = 2000;

/** Keeps nothing. */
const nowhere = { loadDraft: async () => null, saveDraft: async () => {}, sendMessage: async () => {} };

export class Attachments {
  files = $state.raw<readonly StagedFile[]>([]);
  /** What goes with the files. Of its own where a message is being changed, whose text is none of theirs. */
  caption = $state.raw() as Draft;
  gallery = $state(false);
  keepMetadata = $state(false);
  sending = $state(false);
  error = $state.raw<WireError | null>(null);
  /** Waits for the answer whether the files shall be put back. */
  asksDiscard = $state(false);
  /** Waits for the answer whether everybody shall be notified. */
  asksEveryone = $state(false);

  readonly withMetadata = $derived(this.files.filter((file) => file.metadata === 'removable').length);
  readonly sendable = $derived(this.files.length > 0 && this.files.every((file) => file.problem === null));

  readonly #app: App;
  request = requestId();
  /** The players at work, one file after the other. */
  #examined: Promise<void> = Promise.resolve();
  #stop = new AbortController();

  /** They outlive the conversation. */
  constructor(readonly conversation: Pick<Conversation, 'app' | 'draft' | 'id'>) {
    this.#app = conversation.app;
    this.caption = conversation.draft;
  }

  add(files: readonly StagedFile[]): void {
    const { draft, id } = this.conversation;
    if (this.files.length === 0) this.caption = draft.edits === null ? draft : new Draft(nowhere, id);
    this.files = [...this.files, ...files];
    const { signal } = this.#stop;
    for (const file of files) if (file.recording !== null && file.problem === null) this.#examined = this.#examined.then(() => this.#examine(file, file.recording!, signal));
  }

  /** Goes on with what was sent, beside what was chosen since. */
  restore({ files, caption, gallery, keepMetadata }: Extract<TakenBack, { type: 'files' }>): void {
    if (this.files.length === 0) {
      this.gallery = gallery;
      this.keepMetadata = keepMetadata;
    }
    this.add(files);
    this.caption.restore(caption);
  }

  /** Asks a player. What it cannot tell is sent without. */
  async #examine(file: StagedFile, recording: string, stop: AbortSignal): Promise<void> {
    const { backend } = this.#app;
    const wanted = () => !stop.aborted && this.files.some(({ id }) => id === file.id);
    if (!wanted()) return;
    const facts = await recordingFacts(file, backend.bytesUrl(recording), stop).catch(() => null);
    if (facts === null || !wanted()) return;
    const known = await backend.describeStaged(file.id, facts).catch(() => null);
    if (known !== null) this.files = this.files.map((other) => (other.id === file.id ? known : other));
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

  /** Asks before everything is put back. */
  leave(): void {
    this.asksDiscard = !this.sending;
  }

  /** Puts everything back. What is being taken by the core can be cancelled in the conversation, a moment later. */
  cancel(): void {
    if (this.sending) return;
    const ids = this.files.map((file) => file.id);
    if (ids.length > 0) void this.#app.backend.discardStaged(ids).catch(() => {});
    this.#reset();
  }

  /** Sends, or asks first. The dialog stays, with what was written, where the core does not take the files. */
  async send(confirmed = false): Promise<boolean> {
    if (!this.sendable || this.sending) return false;
    const caption = this.caption.outgoing;
    this.asksEveryone = !confirmed && caption.mentions.some((mention) => mention.target.type === 'everyone');
    if (this.asksEveryone) return false;
    const sent = this.files;
    this.sending = true;
    this.error = null;
    await Promise.race([this.#examined, new Promise((resolve) => setTimeout(resolve, examinePatience))]);
    try {
      await this.#app.backend.sendFiles(this.conversation.id, this.request, {
        files: sent.map((file) => file.id),
        caption,
        gallery: this.gallery && sent.length > 1,
        keepMetadata: this.keepMetadata,
      });
    } catch (error) {
      this.error = error as WireError;
      return false;
    } finally {
      this.sending = false;
    }
    this.caption.taken(caption);
    const since = this.files.filter((file) => !sent.some(({ id }) => id === file.id));
    this.#reset();
    if (since.length > 0) this.add(since);
    return true;
  }

  #reset(): void {
    const { draft } = this.conversation;
    const { text, mentions } = this.caption;
    if (this.caption !== draft && text !== '') draft.restore({ text, mentions: [...mentions], replyTo: null, edits: null });
    this.caption = draft;
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#examined = Promise.resolve();
    this.files = [];
    this.asksDiscard = false;
    this.asksEveryone = false;
    this.gallery = false;
    this.keepMetadata = false;
    this.error = null;
    this.request = requestId();
  }
}
