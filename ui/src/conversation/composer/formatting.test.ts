import { describe, expect, test } from 'vitest';

import { formatOf } from './format-keys';
import { format, type Format } from './formatting';

/** The text with [ and ] where the selection begins and ends, before and after. */
function apply(marked: string, what: Format): string {
  const start = marked.indexOf('[');
  const end = marked.indexOf(']') - 1;
  const text = marked.replace('[', '').replace(']', '');
  const change = format(text, start, end, what);
  const result = text.slice(0, change.start) + change.text + text.slice(change.end);
  return `${result.slice(0, change.from)}[${result.slice(change.from, change.to)}]${result.slice(change.to)}`;
}

describe('formatting', () => {
  test('marks go around what is selected, and again take them away', () => {
    expect(apply('ein [Wort] mehr', 'bold')).toBe('ein **[Wort]** mehr');
    expect(apply('ein **[Wort]** mehr', 'bold')).toBe('ein [Wort] mehr');
    expect(apply('ein [**Wort**] mehr', 'bold')).toBe('ein [Wort] mehr');
    expect(apply('[x]', 'italic')).toBe('_[x]_');
    expect(apply('[x]', 'strike')).toBe('~~[x]~~');
    expect(apply('[x]', 'spoiler')).toBe('||[x]||');
    expect(apply('[x]', 'code')).toBe('`[x]`');
  });

  test('blanks at the ends of a selection stay outside of the marks', () => {
    expect(apply('ein[ Wort ]mehr', 'bold')).toBe('ein **[Wort]** mehr');
  });

  test('with nothing selected the caret stands between the marks', () => {
    expect(apply('a []', 'bold')).toBe('a **[]**');
  });

  test('lines become a quote, and a quote becomes lines', () => {
    expect(apply('vor\nei[ns\nzw]ei\nnach', 'quote')).toBe('vor\n[> eins\n> zwei]\nnach');
    expect(apply('> ei[ns\n> zw]ei', 'quote')).toBe('[eins\nzwei]');
  });

  test('a list becomes a numbered one and back', () => {
    expect(apply('[eins\nzwei]', 'list')).toBe('[- eins\n- zwei]');
    expect(apply('[- eins\n- zwei]', 'numbered')).toBe('[1. eins\n2. zwei]');
    expect(apply('[1. eins\n2. zwei]', 'numbered')).toBe('[eins\nzwei]');
  });

  test('the caret stays in its word when its line becomes a list', () => {
    expect(apply('ein[]s', 'list')).toBe('- ein[]s');
    expect(apply('- ein[]s', 'list')).toBe('ein[]s');
    expect(apply('[]', 'list')).toBe('- []');
  });

  test('a code block stands on lines of its own', () => {
    expect(apply('a [x = 1]', 'codeBlock')).toBe('a \n```\n[x = 1]\n```');
    expect(apply('[]', 'codeBlock')).toBe('```\n[]\n```');
  });

  test('a link selects what is still missing', () => {
    const change = format('siehe Amt', 6, 9, 'link');
    expect(change.text).toBe('[Amt](https://)');
    expect([change.from, change.to]).toEqual([12, 20]);
    expect(format('https://amt.de', 0, 14, 'link')).toMatchObject({ text: '[](https://amt.de)', from: 1, to: 1 });
  });

  test('keys ask for formats, and AltGr does not', () => {
    const key = (init: KeyboardEventInit) => formatOf(new KeyboardEvent('keydown', init));
    expect(key({ key: 'b', ctrlKey: true })).toBe('bold');
    expect(key({ key: 'X', code: 'KeyX', ctrlKey: true, shiftKey: true })).toBe('strike');
    expect(key({ key: 'e', ctrlKey: true, altKey: true })).toBeNull();
    expect(key({ key: 'b' })).toBeNull();
  });
});
