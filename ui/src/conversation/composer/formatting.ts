// What the formatting buttons do to the text: plain markdown, put around or in front of what is selected.

export type Format = 'bold' | 'italic' | 'strike' | 'code' | 'spoiler' | 'codeBlock' | 'quote' | 'list' | 'numbered' | 'link';

/** Replaces `start` to `end` by `text`, then selects `from` to `to`. */
export interface TextChange {
  start: number;
  end: number;
  text: string;
  from: number;
  to: number;
}

const around = { bold: '**', italic: '_', strike: '~~', code: '`', spoiler: '||' } as const;
const bullet = /^[-*+] /;
const ordered = /^\d+[.)] /;
const quoted = /^> ?/;

export function format(text: string, start: number, end: number, what: Format): TextChange {
  switch (what) {
    case 'bold':
    case 'italic':
    case 'strike':
    case 'code':
    case 'spoiler':
      return wrap(text, start, end, around[what]);
    case 'codeBlock':
      return codeBlock(text, start, end);
    case 'quote':
      return lines(text, start, end, quoted, () => '> ');
    case 'list':
      return lines(text, start, end, bullet, () => '- ', ordered);
    case 'numbered':
      return lines(text, start, end, ordered, (index) => `${index + 1}. `, bullet);
    case 'link':
      return link(text, start, end);
  }
}

/** Around the selection, or away from around it. Blanks at its ends stay outside: markdown wants it so. */
function wrap(text: string, start: number, end: number, mark: string): TextChange {
  while (start < end && /\s/.test(text[start]!)) start += 1;
  while (end > start && /\s/.test(text[end - 1]!)) end -= 1;
  const selected = text.slice(start, end);
  const width = mark.length;
  if (text.slice(start - width, start) === mark && text.slice(end, end + width) === mark) {
    return { start: start - width, end: end + width, text: selected, from: start - width, to: end - width };
  }
  if (selected.length > 2 * width && selected.startsWith(mark) && selected.endsWith(mark)) {
    return { start, end, text: selected.slice(width, -width), from: start, to: end - 2 * width };
  }
  return { start, end, text: `${mark}${selected}${mark}`, from: start + width, to: end + width };
}

function codeBlock(text: string, start: number, end: number): TextChange {
  const selected = text.slice(start, end);
  const opening = start > 0 && text[start - 1] !== '\n' ? '\n```\n' : '```\n';
  const closing = end < text.length && text[end] !== '\n' ? '\n```\n' : '\n```';
  return { start, end, text: opening + selected + closing, from: start + opening.length, to: start + opening.length + selected.length };
}

/** In front of every line that the selection touches, or away from it where all have it. */
function lines(text: string, start: number, end: number, has: RegExp, mark: (index: number) => string, instead?: RegExp): TextChange {
  const first = text.lastIndexOf('\n', start - 1) + 1;
  const next = text.indexOf('\n', end);
  const last = next === -1 ? text.length : next;
  const before = text.slice(first, last).split('\n');
  const all = before.every((line) => has.test(line));
  const after = before.map((line, index) => (all ? line.replace(has, '') : mark(index) + line.replace(instead ?? has, '').replace(has, ''))).join('\n');
  const single = start === end;
  const caret = Math.max(first, start + after.length - (last - first));
  return { start: first, end: last, text: after, from: single ? caret : first, to: single ? caret : first + after.length };
}

/** Selects what is still to be written: the address, or the words where the address is known. */
function link(text: string, start: number, end: number): TextChange {
  const selected = text.slice(start, end);
  if (/^https?:\/\/\S+$/.test(selected)) return { start, end, text: `[](${selected})`, from: start + 1, to: start + 1 };
  const address = 'https://';
  const from = start + selected.length + 3;
  return { start, end, text: `[${selected}](${address})`, from: selected === '' ? start + 1 : from, to: selected === '' ? start + 1 : from + address.length };
}
