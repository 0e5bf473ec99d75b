// A poll's result as a table for office programs: CSV after RFC 4180, with the separator that they expect in the
// reader's language, in UTF-8 with a byte order mark,
// without which those programs take it for something else.

import { m } from '../paraglide/messages';
import type { Poll, PollVotes, Sender } from '../protocol';
import { exactTime, percent } from '../words/format';
import { outcomeWords, share, stateWords, turnoutWords } from './poll-words';

const byteOrderMark = '\uFEFF';

/** What a spreadsheet would run as a formula (also in its full-width forms) becomes text. */
const startsFormula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

function field(value: string): string {
  const safe = startsFormula.test(value) ? `'${value}` : value;
  return /[",;\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows: readonly (readonly string[])[]): string {
  return byteOrderMark + rows.map((row) => `${row.map(field).join(m.csv_separator())}\r\n`).join('');
}

/** What the table is about, in two columns, and an empty line. */
function head(poll: Poll, members: number | null, nowMs: number): string[][] {
  // Marks that isolate names would be signs of their own in a cell.
  const outcome = outcomeWords(poll).replace(/[\u2068\u2069]/gu, '');
  return [
    [m.poll_question(), poll.question],
    [m.poll_state(), stateWords(poll)],
    [m.poll_as_of(), exactTime(nowMs, 'short')],
    [m.poll_participation(), turnoutWords(poll, members)],
    [m.poll_results(), outcome],
    [],
  ];
}

/** Who chose what, one line per person and one column per answer; without names one line per answer. */
export function pollCsv(poll: Poll, votes: PollVotes | null, members: number | null, nowMs: number): string {
  if (!votes || votes.answers.length === 0) {
    return csv([
      ...head(poll, members, nowMs),
      [m.poll_answer(), m.poll_votes(), m.poll_share()],
      ...poll.answers.map((answer) => [answer.text, `${answer.votes ?? 0}`, percent(share(answer.votes, poll.voters))]),
    ]);
  }
  const people = new Map<string, { person: Sender; chose: Set<string> }>();
  const entry = (person: Sender) => {
    let known = people.get(person.id);
    if (!known) people.set(person.id, (known = { person, chose: new Set() }));
    return known;
  };
  for (const answer of votes.answers) for (const person of answer.voters) entry(person).chose.add(answer.id);
  votes.missing.forEach(entry);
  return csv([
    ...head(poll, votes.members, nowMs),
    [m.poll_person(), m.user_id(), ...poll.answers.map((answer) => answer.text)],
    ...[...people.values()].map(({ person, chose }) => [person.name, person.id, ...poll.answers.map((answer) => (chose.has(answer.id) ? '1' : ''))]),
    [m.poll_votes(), '', ...poll.answers.map((answer) => `${answer.votes ?? 0}`)],
    [m.poll_share(), '', ...poll.answers.map((answer) => percent(share(answer.votes, poll.voters)))],
  ]);
}

/** A name that every file system takes. */
export function csvName(poll: Poll): string {
  const question = poll.question.replace(/[\p{C}\\/:*?"<>|]+/gu, ' ').replace(/\s+/g, ' ').trim().slice(0, 60).trim();
  return `${m.poll_file_name({ question })}.csv`;
}
