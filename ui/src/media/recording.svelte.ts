// A recording that is played inside the window. The webview plays no media from the shell's own scheme
// on every system, so the bytes are fetched first, on demand only, and handed over as a blob.

import type { Attachment } from '../protocol';

/** Bytes; what is larger is better saved, or opened with the system's player. */
export const largestPlayed = 64 * 1024 * 1024;

/** `failed` did not come, `refused` came and cannot be played. */
export type RecordingState = 'idle' | 'loading' | 'ready' | 'failed' | 'refused' | 'tooLarge';

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

  constructor(
    readonly attachment: Attachment,
    readonly address: (token: string) => string,
  ) {
    if ((attachment.size ?? 0) > largestPlayed) this.state = 'tooLarge';
  }

  /** Whether it can be played now. */
  async load(): Promise<boolean> {
    if (this.state === 'loading' || this.state === 'ready' || this.state === 'tooLarge') return this.state === 'ready';
    this.state = 'loading';
    const stop = (this.#stop = new AbortController());
    try {
      const response = await fetch(this.address(this.attachment.file), { signal: stop.signal });
      if (!response.ok) throw new Error(`${response.status}`);
      const content = await response.arrayBuffer();
      if (stop.signal.aborted) return false;
      // The sender's own word on the size may be wrong.
      if (content.byteLength > largestPlayed) this.state = 'tooLarge';
      else {
        this.url = URL.createObjectURL(new Blob([content], { type: playedType(this.attachment) }));
        this.state = 'ready';
      }
    } catch {
      if (!stop.signal.aborted) this.state = 'failed';
    }
    return this.url !== null;
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
