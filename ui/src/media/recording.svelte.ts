// A recording that is played inside the window. The webview plays no media from the shell's own scheme
// on every system, so the bytes are fetched first, on demand only, and handed over as a blob.

import type { Attachment } from '../protocol';

/** Bytes; what is larger is better saved, or opened with the system's player. The shell gives no more, either. */
export const largestPlayed = 64 * 1024 * 1024;

/** `failed` did not come, `refused` came and cannot be played. */
export type RecordingState = 'idle' | 'loading' | 'ready' | 'failed' | 'refused' | 'tooLarge';

/** Milliseconds in which a file that is just being sent gets the name that the server gave it. */
const renaming = 500;

/** Only one recording sounds at a time. */
let playing: HTMLMediaElement | null = null;

export function takesOver(element: HTMLMediaElement): void {
  if (playing !== element) playing?.pause();
  playing = element;
}

/** The claimed type where it is one of sound or film; never one that could be a page. */
export function playedType(attachment: Pick<Attachment, 'kind' | 'mimeType'>): string {
  const claimed = attachment.mimeType?.toLowerCase().split(';')[0]?.trim() ?? '';
  if (/^(audio|video)\/[a-z0-9][a-z0-9.+-]*$/.test(claimed)) return claimed;
  return attachment.kind === 'video' ? 'video/mp4' : 'audio/ogg';
}

export class Recording {
  state = $state<RecordingState>('idle');
  url = $state<string | null>(null);

  #stop: AbortController | null = null;

  /** `attachment` may change: a file that was just sent goes by another name once the server has it. */
  constructor(
    readonly attachment: () => Attachment,
    readonly address: (token: string) => string,
  ) {
    if ((attachment().size ?? 0) > largestPlayed) this.state = 'tooLarge';
  }

  /** Whether it can be played now. */
  async load(): Promise<boolean> {
    if (this.state === 'loading' || this.state === 'ready' || this.state === 'tooLarge') return this.state === 'ready';
    this.state = 'loading';
    const stop = (this.#stop = new AbortController());
    try {
      const content = await this.#fetch(stop.signal);
      if (stop.signal.aborted) return false;
      if (content === null) this.state = 'tooLarge';
      else {
        this.url = URL.createObjectURL(new Blob([content], { type: playedType(this.attachment()) }));
        this.state = 'ready';
      }
    } catch {
      if (!stop.signal.aborted) this.state = 'failed';
    }
    return this.url !== null;
  }

  /** `null` where it is too large: the sender's own word on that may be wrong. */
  async #fetch(signal: AbortSignal): Promise<ArrayBuffer | null> {
    const token = this.attachment().file;
    const response = await fetch(this.address(token), { signal });
    if (response.ok) return response.arrayBuffer();
    if (response.status === 413) return null;
    await new Promise((resolve) => setTimeout(resolve, renaming));
    if (signal.aborted || this.attachment().file === token) throw new Error(`${response.status}`);
    return this.#fetch(signal);
  }

  /** The player could not make sense of it: it is damaged, or the system has no codec for it. */
  refused(): void {
    this.#release();
    this.state = 'refused';
  }

  close(): void {
    this.#stop?.abort();
    this.#release();
    this.state = 'idle';
  }

  #release(): void {
    if (this.url !== null) URL.revokeObjectURL(this.url);
    this.url = null;
  }
}
