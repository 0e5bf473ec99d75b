// Many changes in a row, as at a room's creation, take one line until somebody wants to see them.

import type { TimelineRow } from '../protocol';

/** Changes that may follow each other without being folded. */
const mostUnfolded = 2;

/** A run of changes, drawn by its first row. */
export interface Fold {
  ids: readonly string[];
  open: boolean;
}

export interface Folded {
  /** The rows to draw. */
  rows: readonly TimelineRow[];
  /** By the id of the row that stands for all. */
  folds: ReadonlyMap<string, Fold>;
}

/** Somebody's call is for the people here, and seen also among changes. */
const isFoldable = ({ content }: TimelineRow): boolean => content.type === 'change' && content.change.type !== 'callStarted';

/** `unfolded` holds ids of rows whose run was opened; one of a run is enough, because runs grow. */
export function fold(rows: readonly TimelineRow[], unfolded: ReadonlySet<string>): Folded {
  const folds = new Map<string, Fold>();
  /** Stays `null` while nothing had to be left out; conversations are long, and most hold no such run. */
  let drawn: TimelineRow[] | null = null;
  for (let start = 0; start < rows.length; ) {
    let end = start;
    while (end < rows.length && isFoldable(rows[end]!)) end += 1;
    const length = end - start;
    if (length <= mostUnfolded) {
      end = Math.max(end, start + 1);
      if (drawn) for (let index = start; index < end; index += 1) drawn.push(rows[index]!);
    } else {
      const run = rows.slice(start, end);
      const ids = run.map((row) => row.id);
      const open = ids.some((id) => unfolded.has(id));
      folds.set(ids[0]!, { ids, open });
      drawn ??= rows.slice(0, start);
      drawn.push(...(open ? run : run.slice(0, 1)));
    }
    start = end;
  }
  return { rows: drawn ?? rows, folds };
}
