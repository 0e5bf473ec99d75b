// For a few seconds after sending, the message can be taken back.

import type { TimelineRow } from '../../protocol';

export const undoMs = 5000;

export class UndoWindow {
  open = $state(false);

  /** The last row there was before it was sent; `undefined` where there was none. */
  #before: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Call before sending. */
  begin(rows: readonly TimelineRow[]): void {
    this.close();
    this.#before = rows[rows.length - 1]?.id;
  }

  /** The message has left. */
  sent(): void {
    clearTimeout(this.#timer);
    this.open = true;
    this.#timer = setTimeout(() => this.close(), undoMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.open = false;
  }

  /** The row of what was sent: the newest own one after what was there before. */
  row(rows: readonly TimelineRow[]): string | null {
    for (let index = rows.length - 1; index >= 0; index -= 1) {
      const row = rows[index]!;
      if (row.id === this.#before) return null;
      if (row.content.type === 'message' && row.content.own) return row.id;
    }
    return null;
  }
}
