// What is being typed that a list can complete: "@" a person, "#" a room, ":" an emoji.

type TriggerKind = 'member' | 'room' | 'emoji';

export interface Trigger {
  kind: TriggerKind;
  query: string;
  /** Where the sign stands. */
  start: number;
  /** Where the caret is. */
  end: number;
}

/** No name is looked for over more than this. */
const window = 64;

// A sign counts at the beginning of a word only: "10:30" and "a@b.de" complete nothing.
const before = String.raw`(?:^|[\s([{"'„“‚»«/-])`;
const patterns: readonly [TriggerKind, RegExp][] = [
  // One blank, so that a full name can be typed; not at the end, so that Enter after it sends.
  ['member', new RegExp(String.raw`${before}@((?:[^\s@](?:\S*)(?: [^\s@]\S*)?)?)$`, 'u')],
  // A letter first: "#5" is a number, "# " a heading.
  ['room', new RegExp(String.raw`${before}#(\p{L}\S*)$`, 'u')],
  ['emoji', new RegExp(String.raw`${before}:([\p{L}\p{N}+][\p{L}\p{N}_+-]+)$`, 'u')],
];

/** Looks at the end of what stands before the caret, however long the text is. */
export function triggerAt(text: string, caret: number): Trigger | null {
  const from = Math.max(0, caret - window);
  const tail = text.slice(from, caret);
  for (const [kind, pattern] of patterns) {
    const query = pattern.exec(tail)?.[1];
    if (query === undefined) continue;
    const start = caret - query.length - 1;
    // Cut off by the window: the sign may stand within a word.
    if (start === from && from > 0) continue;
    return { kind, query, start, end: caret };
  }
  return null;
}

const closed = new RegExp(String.raw`${before}:([\p{L}\p{N}_+-]+):$`, 'u');

/** The name between two colons of which the second one was just typed: ":tada:". */
export function closedNameAt(text: string, caret: number): { name: string; start: number; end: number } | null {
  const from = Math.max(0, caret - window);
  const name = closed.exec(text.slice(from, caret))?.[1];
  if (name === undefined) return null;
  const start = caret - name.length - 2;
  // Cut off by the window, as above.
  return start === from && from > 0 ? null : { name, start, end: caret };
}

/** Whether a suggestion still answers what is typed by now. */
export function stillMatches(words: readonly string[], query: string): boolean {
  const wanted = query.toLocaleLowerCase();
  return words.some((word) => word.toLocaleLowerCase().includes(wanted));
}
