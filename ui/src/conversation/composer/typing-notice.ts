// Tells the others that something is being written: seldom while it is, and once when it no longer is.

const againAfterMs = 4000;
/** Who pauses for so long is not writing. */
const endAfterMs = 8000;
/** A message on its way ends the notice by itself, and should not have to wait for it. */
const emptyAfterMs = 1000;

export class TypingNotice {
  #said: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly say: (typing: boolean) => void) {}

  typed(empty: boolean, now = Date.now()): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.stop(), empty ? emptyAfterMs : endAfterMs);
    if (empty) return;
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
