// The words that stand in the text for who or what is mentioned.

import type { Mentioned, TextMention } from '../../protocol';

function idOf(target: Mentioned): string {
  switch (target.type) {
    case 'person':
      return target.userId;
    case 'room':
      return target.room;
    case 'everyone':
      return '@room';
  }
}

/** Takes a label out of a text wherever it is a word of its own; `null` where it is not in it. */
function without(text: string, label: string): string | null {
  if (label.trim() === '') return null;
  const [start = '', ...pieces] = text.split(label);
  let rest = start;
  let found = false;
  for (const piece of pieces) {
    const goesOn = /^[\p{L}\p{N}]/u.test(piece);
    found ||= !goesOn;
    rest += (goesOn ? label : '\n') + piece;
  }
  return found ? rest : null;
}

/** The mentions that stand in a text, the longest looked for first: "@Anna Lang" does not mention "@Anna". */
export function standing(text: string, mentions: readonly TextMention[]): TextMention[] {
  let rest = text;
  const found = new Set<string>();
  const labels = new Set(mentions.map(({ label }) => label));
  for (const label of [...labels].sort((a, b) => b.length - a.length)) {
    const left = without(rest, label);
    if (left === null) continue;
    rest = left;
    found.add(label);
  }
  return mentions.filter(({ label }) => found.has(label));
}

export const everyone: TextMention = { label: '@room', target: { type: 'everyone' } };

const typed = /(?<![\p{L}\p{N}_@#/.])@room(?![.:-]?[\p{L}\p{N}_])/u;
const quotesAndCode = /^ {0,3}(```|~~~)[^]*?(?:^ {0,3}\1|(?![^]))|(`+)[^]+?\2|^ {0,3}>.*$/gm;

/** Whether "@room" is typed as a word of its own, and neither quoted nor code. */
export const callsEveryone = (text: string): boolean => text.includes(everyone.label) && typed.test(text.replace(quotesAndCode, ' '));

/** The same words cannot mean two: where they stand in the text for another one, the identifier is added. */
export function distinct(mention: TextMention, text: string, others: readonly TextMention[]): TextMention {
  const id = idOf(mention.target);
  const taken = standing(text, others).some(({ label, target }) => label === mention.label && idOf(target) !== id);
  return taken ? { ...mention, label: `${mention.label} (${id})` } : mention;
}
