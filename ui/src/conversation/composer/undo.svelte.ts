// For a few seconds after sending, the message can be taken back.

import type { TimelineRow } from '../../protocol';

export const undoMs = 5000;

/** What was sent, as its line calls it. */
export type Sent = 'text' | 'poll' | 'place' | 'file' | 'files' | 'voice' | 'copies';

export class UndoWindow {
  open = $state(false);
  what = $state<Sent>('text');
  /** A sentence for screen readers, as long as it is open. */
  said = $state('');

  /** Under which it was given to the core. */
  request = '';
  /** The last row there was before it was sent; `undefined` where there was none. */
  #before: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Call before sending. */
  begin(rows: readonly TimelineRow[], request: string, what: Sent): void {
    this.close();
    this.what = what;
    this.request = request;
    this.#before = rows[rows.length - 1]?.id;
  }

  /** The core has taken it; whatever was begun since has the window to itself. */
  sent(request: string): void {
    if (request !== this.request) return;
    clearTimeout(this.#timer);
    this.open = true;
    this.#timer = setTimeout(() => this.close(), undoMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.open = false;
    this.said = '';
  }

  /** Whether the server has what was sent: the first own message after what was there before. */
  arrived(rows: readonly TimelineRow[]): boolean {
    const from = rows.findLastIndex((row) => row.id === this.#before) + 1;
    const sent = rows.slice(from).find(({ content }) => content.type === 'message' && content.own);
    return sent?.content.type === 'message' && sent.content.eventId !== null;
  }
}
