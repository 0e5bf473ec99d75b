// The day of what is in view, for whoever scrolls past its divider.

import type { TimelineRow } from '../protocol';

/** The day that row belongs to; `null` where the divider itself is that row, or where none is loaded. */
export function dayAbove(rows: readonly TimelineRow[], first: number): number | null {
  for (let index = Math.min(first, rows.length - 1); index >= 0; index -= 1) {
    const content = rows[index]!.content;
    if (content.type === 'dayDivider') return index === first ? null : content.timestampMs;
  }
  return null;
}
