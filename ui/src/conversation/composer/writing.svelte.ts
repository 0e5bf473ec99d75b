// Everything around the text that is being written: suggestions, files, what is asked before sending,
// and taking back what was sent. The text itself is in `draft`.

import { m } from '../../paraglide/messages';
import { canEdit, hasWords } from '../../message/actions/available';
import type { MessageContent, TextMention, VoiceRecording } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import { requestId, type Draft } from '../draft.svelte';
import type { Attachments } from './attachments.svelte';
import { callsEveryone, everyone, standing } from './mention-label';
import { isTooLong, surelyFits, surelyTooLong } from './message-length';
import { Suggestions } from './suggestions.svelte';
import { TypingNotice } from './typing-notice';
import type { UndoWindow } from './undo.svelte';
import type { VoiceRecorder } from './voice-recorder.svelte';

/** What looks at the whole text does so once typing pauses. */
const settleMs = 200;

export class Writing {
  readonly suggestions: Suggestions;
  readonly typing: TypingNotice;

  /** The voice message that is recorded or waits; loaded with the first of them. */
  voice = $state.raw<VoiceRecorder | null>(null);
  /** The mentions that still stand in the text. */
  mentions = $state.raw<readonly TextMention[]>([]);
  /** Waits for the answer whether everybody shall be notified. */
  asksEveryone = $state(false);
  /** A sentence for screen readers about something just done. */
  said = $state('');
  sendingFile = $state(false);
  #long = $state(false);
  /** The text that the core would not take: what fits depends on the room and on what stands in the text. */
  #refused = $state<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fileRequest = requestId();
  #closed = false;
  /** Where "@room" was to be words and no more. */
  readonly #callsNobody = new WeakSet<Draft>();

  constructor(readonly conversation: Conversation) {
    const { backend } = conversation.app;
    this.suggestions = new Suggestions(async (trigger) => (await import('./find-suggestions')).findSuggestions(conversation, trigger));
    this.typing = new TypingNotice((typing) => void backend.setTyping(conversation.roomId, typing).catch(() => {}));
    void this.#resume();
  }

  get undo(): UndoWindow {
    return this.conversation.undo;
  }

  /** Whether the composer is gone. What comes back then waits for the next one. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Files that wait to be sent. They stay with the conversation. */
  get attachments(): Attachments | null {
    return this.conversation.unsent.attachments;
  }

  /** Whether the text would not be taken as a message. */
  get tooLong(): boolean {
    return this.#long || this.#refused === this.conversation.draft.text;
  }

  /** The message that is changed, where it is a file with a text or without. */
  get #editedFile(): MessageContent | null {
    const { conversation } = this;
    const { edits } = conversation.draft;
    const content = edits === null ? undefined : conversation.message(edits)?.content;
    return content?.type === 'attachment' || content?.type === 'gallery' ? content : null;
  }

  get editsCaption(): boolean {
    return this.#editedFile !== null;
  }

  /** Whether there is something to send: words, or that those with a file shall go. */
  get sendable(): boolean {
    if (this.conversation.draft.text.trim() !== '') return true;
    const file = this.#editedFile;
    return file !== null && 'caption' in file && file.caption !== null;
  }

  /** The text changed, by whatever means. Cheap, however long it is. */
  changed(text: string): void {
    clearTimeout(this.#timer);
    if (surelyFits(text)) this.#long = false;
    else if (surelyTooLong(text)) this.#long = true;
    if (text === '') this.#settle();
    else this.#timer = setTimeout(() => this.#settle(), settleMs);
  }

  async attach(how: (attachments: Attachments) => unknown): Promise<void> {
    const { app, draft, id, unsent } = this.conversation;
    if (unsent.attachments === null) {
      const { Attachments } = await import('./attachments.svelte');
      unsent.attachments ??= new Attachments({ app, draft, id });
    }
    how(unsent.attachments);
  }

  async record(): Promise<void> {
    this.typing.stop();
    // One conversation has one recording at a time.
    if (this.undo.what === 'voice') this.undo.close();
    await (await this.hold(null))?.start();
  }

  /** A voice message that was neither sent nor deleted is there again. */
  async #resume(): Promise<void> {
    const kept = await this.conversation.app.backend.keptRecording(this.conversation.id).catch(() => null);
    if (kept !== null) await this.hold(kept);
  }

  /** Shows a recording that waits, or is about to begin. */
  async hold(kept: VoiceRecording | null): Promise<VoiceRecorder | null> {
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
    this.#settle();
    const { draft } = this.conversation;
    // The message would be marked as edited for everybody.
    if (draft.edits !== null && !draft.editChanged) return this.stepBack();
    if (!this.sendable || this.tooLong) return false;
    if (this.#asks(confirmed)) return false;
    void this.#send();
    return true;
  }

  /** Asks before everybody is notified; an edit does not notify them again. */
  #asks(confirmed: boolean): boolean {
    this.asksEveryone = !confirmed && this.mentions.some(isEveryone) && !this.conversation.draft.before.mentions.some(isEveryone);
    return this.asksEveryone;
  }

  async #send(): Promise<void> {
    const { conversation } = this;
    performance.mark('herold:send');
    this.said = '';
    // It is about what was done before.
    conversation.notice = null;
    const edit = conversation.draft.edits !== null;
    const request = requestId();
    this.undo.begin(conversation.latest.rows, request, 'text');
    const sent = conversation.draft.send(request);
    this.typing.typed(true);
    this.suggestions.close();
    // What one has just written is what one wants to see.
    if (!edit) conversation.jumpToLatest();
    await sent;
    const { error, text } = conversation.draft;
    this.#refused = error?.reason === 'messageTooLong' ? text : null;
    if (error !== null) return;
    if (edit) this.said = m.edit_sent();
    else this.undo.sent(request);
    if (!edit && conversation.draft.edits !== null) this.said = m.editing_message();
  }

  /** Whether the server has what was sent last. */
  get arrived(): boolean {
    return this.undo.arrived(this.conversation.latest.rows);
  }

  /** Sends a text that is too long for a message, or asks first. */
  async sendAsFile(confirmed = false): Promise<void> {
    const { app, draft, id } = this.conversation;
    if (this.sendingFile) return;
    this.#settle();
    if (this.#asks(confirmed)) return;
    this.sendingFile = true;
    const message = draft.outgoing;
    const request = this.#fileRequest;
    const sent = await app.succeeds(this.conversation.send('file', request, app.backend.sendTextAsFile(id, request, m.text_file_name(), message)));
    this.sendingFile = false;
    if (!sent) return;
    this.#fileRequest = requestId();
    draft.taken(message);
  }

  /** Takes back what was sent last, to where it was made. `true` where one goes on in the text field. */
  async takeBack(): Promise<boolean> {
    const { app, draft } = this.conversation;
    if (!this.undo.open) return false;
    this.undo.close();
    const made = await app.attempt(app.backend.undoSend(this.undo.request));
    if (!made) return true;
    if (made.type !== 'text') return (await import('./give-back')).giveBack(this, made);
    draft.restore(made.draft);
    this.said = m.undone();
    return true;
  }

  /** The last own message that has words to change, also while older ones are on screen. */
  async editLast(): Promise<void> {
    const { app, draft, id, latest } = this.conversation;
    const row = latest.rows.findLast(({ content }) => content.type === 'message' && content.own && (content.editable || content.eventId === null) && hasWords(content.content));
    if (row?.content.type !== 'message') return;
    if (!canEdit(row.content)) {
      this.conversation.notice = m.edit_not_sent();
      return;
    }
    const edits = row.content.eventId ?? row.id;
    const source = await app.attempt(app.backend.messageSource(id, edits));
    if (!source) return;
    draft.beginEdit({ ...source, edits });
    // The focus was there before.
    this.said = m.editing_message();
  }

  forget(mention: TextMention, draft = this.conversation.draft): void {
    if (isEveryone(mention)) this.#callsNobody.add(draft);
    draft.forget(mention);
    this.#settle();
  }

  /** Ends the edit or the answer, whichever is on top. `false` where there is neither. */
  stepBack(): boolean {
    const { draft } = this.conversation;
    if (draft.edits !== null) {
      const kept = draft.endEdit();
      this.said = kept ? '' : m.edit_ended();
      if (kept) this.conversation.notice = m.edit_kept();
    } else if (draft.replyTo !== null) {
      draft.answer(null);
      this.said = draft.edits === null ? m.reply_ended() : m.editing_message();
    } else return false;
    return true;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.suggestions.close();
    this.undo.close();
    this.typing.stop();
    this.#closed = true;
    this.voice?.leave();
  }

  /** What is typed means the same as what is chosen from the list, where it is permitted. */
  callEveryone(draft = this.conversation.draft): void {
    const { details } = this.conversation;
    if (!callsEveryone(draft.text)) this.#callsNobody.delete(draft);
    else if (details?.permissions.notifyRoom && !this.#callsNobody.has(draft) && !draft.mentions.some(isEveryone) && !callsEveryone(draft.before.text)) draft.mention(everyone);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    const { draft } = this.conversation;
    this.#long = isTooLong(draft.text);
    this.callEveryone();
    if (draft.mentions.length > 0 || this.mentions.length > 0) this.mentions = standing(draft.text, draft.mentions);
  }
}

const isEveryone = ({ target }: TextMention): boolean => target.type === 'everyone';
