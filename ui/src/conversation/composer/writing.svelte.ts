// Everything around the text that is being written: suggestions, files, what is asked before sending,
// and taking back what was sent. The text itself is in `draft`.

import { m } from '../../paraglide/messages';
import type { TextMention, VoiceRecording } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import { requestId } from '../draft.svelte';
import type { Attachments } from './attachments.svelte';
import { standing } from './mention-label';
import { isTooLong, surelyFits, surelyTooLong } from './message-length';
import { Suggestions } from './suggestions.svelte';
import { TypingNotice } from './typing-notice';
import { UndoWindow } from './undo.svelte';
import type { VoiceRecorder } from './voice-recorder.svelte';

/** What looks at the whole text does so once typing pauses. */
const settleMs = 200;

export class Writing {
  readonly suggestions: Suggestions;
  readonly undo = new UndoWindow();
  readonly typing: TypingNotice;

  tooLong = $state(false);
  /** Files that wait to be sent; loaded with the first of them. */
  attachments = $state.raw<Attachments | null>(null);
  /** The voice message that is recorded or waits; loaded with the first of them. */
  voice = $state.raw<VoiceRecorder | null>(null);
  /** The mentions that still stand in the text. */
  mentions = $state.raw<readonly TextMention[]>([]);
  /** Waits for the answer whether everybody shall be notified. */
  asksEveryone = $state(false);
  /** A sentence for screen readers about something just done. */
  said = $state('');
  sendingFile = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fileRequest = requestId();
  #closed = false;

  constructor(readonly conversation: Conversation) {
    const { backend } = conversation.app;
    this.suggestions = new Suggestions(async (trigger) => (await import('./find-suggestions')).findSuggestions(conversation, trigger));
    this.typing = new TypingNotice((typing) => void backend.setTyping(conversation.roomId, typing).catch(() => {}));
    void this.#resume();
  }

  /** The text changed, by whatever means. Cheap, however long it is. */
  changed(text: string): void {
    clearTimeout(this.#timer);
    if (surelyFits(text)) this.tooLong = false;
    else if (surelyTooLong(text)) this.tooLong = true;
    if (text === '') this.#settle();
    else this.#timer = setTimeout(() => this.#settle(), settleMs);
  }

  async attach(how: (attachments: Attachments) => unknown): Promise<void> {
    if (this.attachments === null) {
      const { Attachments } = await import('./attachments.svelte');
      this.attachments ??= new Attachments(this.conversation);
    }
    how(this.attachments);
  }

  async record(): Promise<void> {
    this.typing.stop();
    await (await this.#hold(null))?.start();
  }

  /** A voice message that was neither sent nor deleted is there again. */
  async #resume(): Promise<void> {
    const kept = await this.conversation.app.backend.keptRecording(this.conversation.id).catch(() => null);
    if (kept !== null) await this.#hold(kept);
  }

  async #hold(kept: VoiceRecording | null): Promise<VoiceRecorder | null> {
    const { VoiceRecorder } = await import('./voice-recorder.svelte');
    if (this.#closed || this.voice !== null) return null;
    const close = (said: string) => {
      this.voice = null;
      this.said = said;
    };
    return (this.voice = new VoiceRecorder(this.conversation, close, kept));
  }

  /** Sends, or asks first. `true` where the text has left the field. */
  send(confirmed = false): boolean {
    const { draft } = this.conversation;
    this.#settle();
    if (draft.text.trim() === '' || this.tooLong) return false;
    if (!confirmed && this.mentions.some((mention) => mention.target.type === 'everyone')) {
      this.asksEveryone = true;
      return false;
    }
    this.asksEveryone = false;
    void this.#send();
    return true;
  }

  /** Whom "@room" notifies: everybody but oneself. */
  get others(): number {
    return Math.max(0, (this.conversation.details?.memberCount ?? 0) - 1);
  }

  async #send(): Promise<void> {
    const { conversation } = this;
    performance.mark('herold:send');
    const edit = conversation.draft.edits !== null;
    this.undo.begin(conversation.timeline.rows);
    const sent = conversation.draft.send();
    this.typing.typed(true);
    this.suggestions.close();
    // What one has just written is what one wants to see.
    if (!edit) conversation.jumpToLatest();
    await sent;
    if (!edit && conversation.draft.error === null) this.undo.sent();
  }

  /** Whether the server has what was sent last. */
  get arrived(): boolean {
    const { rows } = this.conversation.timeline;
    const id = this.undo.row(rows);
    const row = rows.findLast((row) => row.id === id);
    return row?.content.type === 'message' && row.content.eventId !== null;
  }

  /** Sends a text that is too long for a message. */
  async sendAsFile(): Promise<void> {
    const { app, draft, id } = this.conversation;
    if (this.sendingFile) return;
    this.sendingFile = true;
    const text = draft.text;
    const sent = await app.succeeds(app.backend.sendTextAsFile(id, this.#fileRequest, m.text_file_name(), text));
    this.sendingFile = false;
    if (!sent) return;
    this.#fileRequest = requestId();
    if (draft.text === text) draft.edit('');
  }

  /** Takes back what was sent last. `true` where its text is in the field again. */
  async takeBack(): Promise<boolean> {
    const { app, draft, id, timeline } = this.conversation;
    const row = this.undo.row(timeline.rows);
    if (!this.undo.open || row === null) return false;
    this.undo.close();
    const text = await app.attempt(app.backend.undoSend(id, row));
    if (!text) return false;
    draft.restore(text);
    this.said = m.undone();
    return true;
  }

  /** The last own message that can be changed. */
  async editLast(): Promise<void> {
    const { app, draft, roomId, timeline } = this.conversation;
    const row = timeline.rows.findLast(({ content }) => content.type === 'message' && content.own && content.editable && content.eventId !== null);
    if (row?.content.type !== 'message' || row.content.eventId === null) return;
    const edits = row.content.eventId;
    const source = await app.attempt(app.backend.messageSource(roomId, edits));
    if (source) draft.beginEdit({ ...source, edits });
  }

  forget(mention: TextMention): void {
    this.conversation.draft.forget(mention);
    this.#settle();
  }

  /** Ends the edit or the answer, whichever is on top. `false` where there is neither. */
  stepBack(): boolean {
    const { draft } = this.conversation;
    if (draft.edits !== null) draft.endEdit();
    else if (draft.replyTo !== null) draft.answer(null);
    else return false;
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.suggestions.close();
    this.undo.close();
    this.typing.stop();
    this.attachments?.cancel();
    this.#closed = true;
    this.voice?.leave();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    const { draft } = this.conversation;
    this.tooLong = isTooLong(draft.text);
    if (draft.mentions.length > 0 || this.mentions.length > 0) this.mentions = standing(draft.text, draft.mentions);
  }
}
