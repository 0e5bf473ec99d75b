// Which messages belong together on screen.

import type { TimelineRow } from '../protocol';

const togetherMs = 5 * 60_000;

/** True where a message carries on what the same person said just before. */
export function continues(before: TimelineRow | undefined, row: TimelineRow): boolean {
  const a = before?.content;
  const b = row.content;
  return (
    a?.type === 'message' &&
    b.type === 'message' &&
    a.sender.id === b.sender.id &&
    b.timestampMs - a.timestampMs < togetherMs
  );
}
