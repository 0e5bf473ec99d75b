// A poll being written. It outlives its dialog, so that nothing typed is lost when that closes.

import { requestId } from '../conversation/draft.svelte';
import type { Poll, PollDraft } from '../protocol';

export const fewestAnswers = 2;
export const mostAnswers = 20;
export const longestQuestion = 500;
export const longestAnswer = 250;

interface FormAnswer {
  readonly key: number;
  text: string;
}

/** What a form begins with. */
export type Asked = Pick<Poll, 'question' | 'open' | 'maxSelections'> & { answers: readonly { text: string }[] };

export const asked = (poll: PollDraft): Asked => ({ ...poll, answers: poll.answers.map((text) => ({ text })) });

type AnswerProblem = 'duplicate' | 'tooLong';

interface FormProblems {
  question: 'missing' | 'tooLong' | null;
  /** By the key of the answer. */
  answers: ReadonlyMap<number, AnswerProblem>;
  tooFew: boolean;
  tooMany: boolean;
  most: boolean;
}

/** What stands in the way of sending; empty fields are no answers. */
export function findProblems(question: string, answers: readonly FormAnswer[], most: number): FormProblems {
  const filled = answers.filter((answer) => answer.text.trim() !== '');
  const seen = new Set<string>();
  const problems = new Map<number, AnswerProblem>();
  for (const answer of filled) {
    const text = answer.text.trim();
    const same = text.toLocaleLowerCase();
    if (text.length > longestAnswer) problems.set(answer.key, 'tooLong');
    else if (seen.has(same)) problems.set(answer.key, 'duplicate');
    seen.add(same);
  }
  return {
    question: question.trim() === '' ? 'missing' : question.trim().length > longestQuestion ? 'tooLong' : null,
    answers: problems,
    tooFew: filled.length < fewestAnswers,
    tooMany: filled.length > mostAnswers,
    most: !Number.isInteger(most) || most < 1 || most > Math.max(1, filled.length),
  };
}

export const isSound = (problems: FormProblems): boolean =>
  problems.question === null && problems.answers.size === 0 && !problems.tooFew && !problems.tooMany && !problems.most;

export class PollForm {
  question = $state('');
  answers = $state<FormAnswer[]>([]);
  open = $state(true);
  most = $state(1);
  /** Somebody said how many answers a person may choose. */
  limited = false;
  /** Sending was tried, so what is missing is said. */
  tried = $state(false);
  /** The same for every attempt at the same poll. */
  readonly request = requestId();

  readonly problems = $derived.by(() => findProblems(this.question, this.answers, this.most));
  readonly filled = $derived(this.answers.filter((answer) => answer.text.trim() !== '').length);
  readonly touched = $derived(this.question.trim() !== '' || this.filled > 0);

  #lastKey = 0;

  constructor(poll: Asked | null = null) {
    if (poll) {
      this.question = poll.question;
      this.open = poll.open;
      this.most = poll.maxSelections;
      this.limited = true;
      for (const answer of poll.answers) this.answers.push(this.#answer(answer.text));
    } else {
      this.answers.push(this.#answer(''), this.#answer(''));
    }
  }

  get roomForMore(): boolean {
    return this.answers.length < mostAnswers;
  }

  /** Adds an empty answer after `index`; its key, or `null` where there are enough. */
  addAfter(index: number): number | null {
    if (!this.roomForMore) return null;
    const answer = this.#answer('');
    this.answers.splice(index + 1, 0, answer);
    return answer.key;
  }

  remove(index: number): void {
    this.answers.splice(index, 1);
    while (this.answers.length < fewestAnswers) this.answers.push(this.#answer(''));
  }

  move(index: number, step: 1 | -1): boolean {
    const other = this.answers[index + step];
    const moved = this.answers[index];
    if (!other || !moved) return false;
    this.answers.splice(Math.min(index, index + step), 2, ...(step === 1 ? [other, moved] : [moved, other]));
    return true;
  }

  /** Puts texts into the empty fields first; what is there already stays, and is not asked twice. */
  fill(texts: readonly string[]): number {
    let added = 0;
    for (const text of texts) {
      if (this.answers.some((answer) => answer.text.trim() === text)) continue;
      const empty = this.answers.find((answer) => answer.text.trim() === '');
      if (empty) empty.text = text;
      else if (this.roomForMore) this.answers.push(this.#answer(text));
      else break;
      added += 1;
    }
    return added;
  }

  /** The same with dates. Unless there is a limit, people choose all that suit them. */
  fillDates(texts: readonly string[]): number {
    const added = this.fill(texts);
    if (added > 0 && !this.limited) this.most = Math.max(1, this.filled);
    return added;
  }

  draft(): PollDraft {
    const answers = this.answers.map((answer) => answer.text.trim()).filter((text) => text !== '');
    return { question: this.question.trim(), answers, open: this.open, maxSelections: this.most };
  }

  #answer(text: string): FormAnswer {
    return { key: (this.#lastKey += 1), text };
  }
}
