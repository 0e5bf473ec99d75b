// The result of a poll in words: who leads, ties, turnout.

import { m } from '../paraglide/messages';
import type { Poll, PollAnswer } from '../protocol';
import { exactTime, isolate, list, number, percent } from '../words/format';

/** Whether the votes may be seen yet. */
export const hasResult = (poll: Poll): boolean => poll.answers.length > 0 && poll.answers.every((answer) => answer.votes !== null);

/** Whether anything is known of the votes. */
export const isCounted = (poll: Poll): boolean => poll.tally === 'complete' || poll.tally === 'partial';

/** Whether the result is shown: an open poll's at any time, any other's at its end, and none that is not counted. */
export const isResultShown = (poll: Poll): boolean => isCounted(poll) && hasResult(poll) && (poll.ended || poll.open);

/** Why there is no result where the votes are not counted; `null` where they are. */
export const uncountedWords = (poll: Poll): string | null => (isCounted(poll) ? null : poll.tally === 'counting' ? m.poll_counting() : m.poll_uncounted());

/** Part of the voters who chose an answer. */
export const share = (votes: number | null, voters: number): number => (voters > 0 && votes ? Math.min(1, votes / voters) : 0);

/** The answers with the most votes; more than one is a tie, none means that nobody voted. */
export function leaders(poll: Poll): readonly PollAnswer[] {
  const most = Math.max(0, ...poll.answers.map((answer) => answer.votes ?? 0));
  return most === 0 ? [] : poll.answers.filter((answer) => answer.votes === most);
}

const quoted = (answer: PollAnswer): string => m.quoted({ text: isolate(answer.text) });

/** One sentence: the leading answer, the tie, or that there are no votes. */
export function outcomeWords(poll: Poll): string {
  const [first, ...others] = leaders(poll);
  if (!first) return poll.ended ? m.poll_nobody_voted() : m.poll_no_votes_yet();
  const count = first.votes ?? 0;
  const shown = number(count);
  return others.length === 0
    ? m.poll_leader({ answer: quoted(first), count, shown })
    : m.poll_tie({ answers: list([first, ...others].map(quoted)), count, shown });
}

/** How many took part, and whether there may be others; against the members where their number makes sense. */
export const turnoutWords = (poll: Poll, members: number | null): string =>
  poll.tally === 'partial' ? m.poll_partial({ turnout: turnout(poll.voters, members) }) : turnout(poll.voters, members);

function turnout(voters: number, members: number | null): string {
  if (members === null || members < 2 || voters > members) return m.poll_voters({ count: voters, shown: number(voters) });
  return m.poll_turnout({ count: voters, voters: number(voters), members: number(members), share: percent(voters / members) });
}

const line = (answer: PollAnswer, voters: number): string =>
  m.poll_result_line({ answer: answer.text, count: answer.votes ?? 0, shown: number(answer.votes ?? 0), share: percent(share(answer.votes, voters)) });

/** Whether it still runs, or since when it does not. */
export function stateWords(poll: Poll): string {
  if (!poll.ended) return m.poll_still_open();
  return poll.endedAtMs === null ? m.poll_ended() : m.poll_ended_at({ moment: exactTime(poll.endedAtMs, 'short') });
}

/** For the clipboard: the question, how it stands and when, a line per answer, the outcome and the turnout. */
export const resultText = (poll: Poll, members: number | null, nowMs: number): string =>
  [poll.question, poll.ended ? stateWords(poll) : m.poll_standing({ moment: exactTime(nowMs, 'short') }), ...resultLines(poll, members)].join('\n');

export const resultLines = (poll: Poll, members: number | null): string[] => [
  ...poll.answers.map((answer) => line(answer, poll.voters)),
  outcomeWords(poll),
  turnoutWords(poll, members),
];

/** For a screen reader, when the result has changed. */
export function liveWords(poll: Poll): string {
  const result = list(poll.answers.map((answer) => m.poll_answer_votes({ answer: isolate(answer.text), shown: number(answer.votes ?? 0) })));
  return poll.ended ? m.poll_live_ended({ question: isolate(poll.question), outcome: outcomeWords(poll) }) : m.poll_live({ question: isolate(poll.question), result });
}
