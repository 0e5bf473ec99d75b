// All polls of a room in the order of the list: those that run, then those that ended, the latest first.

import type { MessageRow, Poll, TimelineRow } from '../protocol';

export interface ListedPoll {
  id: string;
  row: MessageRow;
  poll: Poll;
}

interface PollGroups {
  running: readonly ListedPoll[];
  ended: readonly ListedPoll[];
}

export function groupPolls(rows: readonly TimelineRow[]): PollGroups {
  const polls = rows
    .flatMap(({ id, content }): ListedPoll[] => (content.type === 'message' && content.content.type === 'poll' ? [{ id, row: content, poll: content.content.poll }] : []))
    .sort((a, b) => b.row.timestampMs - a.row.timestampMs);
  return { running: polls.filter(({ poll }) => !poll.ended), ended: polls.filter(({ poll }) => poll.ended) };
}
