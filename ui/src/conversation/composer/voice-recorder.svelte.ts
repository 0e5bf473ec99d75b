// A voice message from the first word until it is sent or deleted. The core has the sound, and keeps it
// with its conversation while nobody looks.

import { m } from '../../paraglide/messages';
import type { RecordingEvent, VoiceRecording, WireError } from '../../protocol';
import { duration } from '../../words/format';
import type { Conversation } from '../conversation.svelte';
import { requestId } from '../draft.svelte';

type VoiceState = 'opening' | 'recording' | 'stopping' | 'recorded';

/** What is shorter is deleted without a question. */
const unquestionedMs = 2000;
/** After this time without a sound, something is wrong with the microphone. */
const silentMs = 3000;
/** Below this, nobody speaks. */
const audible = 4;
/** How many moments of loudness are kept for the screen. */
const moments = 60;

export class VoiceRecorder {
  state = $state<VoiceState>('opening');
  elapsedMs = $state(0);
  /** Loudness of the last moments, 0 to 100, the newest last. */
  levels = $state.raw<readonly number[]>([]);
  recording = $state.raw<VoiceRecording | null>(null);
  sending = $state(false);
  /** Waits for the answer whether it shall be deleted. */
  asksDelete = $state(false);
  error = $state.raw<WireError | null>(null);
  #loudest = $state(0);

  readonly durationMs = $derived(this.recording?.attachment.durationMs ?? this.elapsedMs);
  readonly silent = $derived(this.state === 'recording' && this.#loudest < audible && this.elapsedMs >= silentMs);
  /** A sentence for screen readers about what goes on; the time is no part of it while it runs. */
  readonly said = $derived.by(() => {
    if (this.sending) return '';
    if (this.state === 'opening') return m.recording_opening();
    if (this.state === 'recording') return m.recording_runs();
    return this.state === 'recorded' ? m.recording_ready({ time: duration(this.durationMs) }) : '';
  });

  #request = requestId();
  #left = false;
  #stopping: Promise<boolean> | null = null;

  /** `onclose`: nothing is being recorded any more, and nothing waits; with a sentence for screen readers. */
  constructor(
    readonly conversation: Conversation,
    readonly onclose: (said: string) => void,
    kept: VoiceRecording | null = null,
  ) {
    if (kept !== null) this.#show(kept);
  }

  get #backend() {
    return this.conversation.app.backend;
  }

  async start(): Promise<void> {
    try {
      await this.#backend.startRecording(this.conversation.id, (event) => this.#hear(event));
    } catch (error) {
      this.#fail(error);
      return;
    }
    // Whoever left while the microphone was being opened has said nothing yet.
    if (this.#left) void this.#backend.discardRecording(this.conversation.id).catch(() => {});
    else if (this.state === 'opening') this.state = 'recording';
  }

  /** Whether there is something to listen to. */
  stop(): Promise<boolean> {
    if (this.state === 'recorded') return Promise.resolve(true);
    if (this.state === 'opening') return Promise.resolve(false);
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<boolean> {
    this.state = 'stopping';
    try {
      this.#show(await this.#backend.stopRecording(this.conversation.id));
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  /** Deletes what is short; before more is lost, it ends the recording and asks. */
  async remove(): Promise<void> {
    if (this.durationMs < unquestionedMs) return this.discard();
    if (await this.stop()) this.asksDelete = true;
  }

  async discard(): Promise<void> {
    this.asksDelete = false;
    this.#left = true;
    this.onclose(m.recording_deleted());
    // What is still being ended would be kept after it was deleted.
    await this.#stopping;
    await this.conversation.app.succeeds(this.#backend.discardRecording(this.conversation.id));
  }

  /** `true` once the core has it. */
  async send(): Promise<boolean> {
    if (this.sending) return false;
    this.sending = true;
    this.error = null;
    try {
      if (!(await this.stop())) return false;
      const { draft, id } = this.conversation;
      const replyTo = draft.replyTo?.eventId ?? null;
      await this.conversation.send('voice', this.#request, this.#backend.sendRecording(id, this.#request, m.voice_file_name(), replyTo));
      if (replyTo !== null) draft.answer(null);
      this.#left = true;
      this.onclose(m.recording_sending());
      return true;
    } catch (error) {
      this.error = error as WireError;
      return false;
    } finally {
      this.sending = false;
    }
  }

  /** The composer goes; what was recorded stays with the conversation. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    if (this.state === 'recording') void this.#backend.stopRecording(this.conversation.id).catch(() => {});
  }

  #hear(event: RecordingEvent): void {
    if (this.#left || this.state === 'recorded' || this.state === 'stopping') return;
    this.state = 'recording';
    if (event.type === 'ended') return void this.stop();
    this.elapsedMs = event.elapsedMs;
    this.#loudest = Math.max(this.#loudest, event.level);
    this.levels = [...this.levels.slice(1 - moments), event.level];
  }

  #show(recording: VoiceRecording): void {
    this.recording = recording;
    this.state = 'recorded';
  }

  #fail(error: unknown): void {
    if (this.#left) return;
    this.#left = true;
    this.conversation.app.report(error);
    this.onclose('');
  }
}
