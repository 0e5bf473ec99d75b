// Tells the others that something is being written: seldom while it is, and once when it no longer is.

const againAfterMs = 4000;
/** Who pauses for so long is not writing. */
const endAfterMs = 8000;

export class TypingNotice {
  #said: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly say: (typing: boolean) => void) {}

  typed(empty: boolean, now = Date.now()): void {
    if (empty) return this.stop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), endAfterMs);
    if (this.#said !== null && now - this.#said < againAfterMs) return;
    this.#said = now;
    this.say(true);
  }

  stop(): void {
    clearTimeout(this.#timer);
    if (this.#said === null) return;
    this.#said = null;
    this.say(false);
  }
}
