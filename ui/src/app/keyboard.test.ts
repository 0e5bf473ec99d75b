import { expect, test } from 'vitest';

import { shortcutOf } from './keyboard';

/** What a key asks for that is pressed in this element. */
function asked(key: string, singleKeys: boolean, more: KeyboardEventInit = {}, element: HTMLElement = document.body): string | null {
  document.body.append(element);
  let found: string | null = null;
  element.addEventListener('keydown', (event) => (found = shortcutOf(event, singleKeys)), { once: true });
  element.dispatchEvent(new KeyboardEvent('keydown', { key, ...more }));
  return found;
}

test('"?" opens the overview of shortcuts, unless characters are switched off or somebody writes', () => {
  const main = document.createElement('main');
  expect(asked('?', true, { shiftKey: true }, main)).toBe('shortcuts');
  expect(asked('?', false, { shiftKey: true }, main)).toBeNull();
  expect(asked('?', true, { shiftKey: true }, document.createElement('textarea'))).toBeNull();
});

test('F1 opens it always', () => {
  expect(asked('F1', false, {}, document.createElement('main'))).toBe('shortcuts');
  expect(asked('F1', true, {}, document.createElement('textarea'))).toBe('shortcuts');
});

test('no character alone asks for anything once that is switched off', () => {
  const main = document.createElement('main');
  const characters = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index));
  for (const key of [...characters, 'ä', 'ß', '€']) expect(asked(key, false, {}, main), key).toBeNull();
  expect(asked('k', false, { ctrlKey: true }, main)).toBe('switcher');
  expect(asked('F9', false, {}, main)).toBe('foldRooms');
});
