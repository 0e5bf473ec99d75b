import { expect, test } from 'vitest';

import { keepFocus, keyTarget } from './focus';

test('the arrow keys lead around the ends, and only along their way', () => {
  expect(keyTarget('ArrowRight', 'horizontal', 2, 3)).toBe(0);
  expect(keyTarget('ArrowUp', 'both', 0, 3)).toBe(2);
  expect(keyTarget('End', 'vertical', 0, 3)).toBe(2);
  expect(keyTarget('ArrowDown', 'horizontal', 0, 3)).toBeNull();
});

test('the focus returns to what had it, unless that is gone', () => {
  document.body.replaceChildren();
  const [first, second] = ['a', 'b'].map(() => document.body.appendChild(document.createElement('button'))) as [HTMLButtonElement, HTMLButtonElement];
  first.focus();
  const giveBack = keepFocus();
  second.focus();
  giveBack();
  expect(document.activeElement).toBe(first);
  second.focus();
  first.remove();
  giveBack();
  expect(document.activeElement).toBe(second);
});

test('where what had the focus is gone, the nearest thing around it has it', () => {
  document.body.replaceChildren();
  const pane = document.body.appendChild(document.createElement('section'));
  const row = pane.appendChild(document.createElement('div'));
  const button = row.appendChild(document.createElement('span')).appendChild(document.createElement('button'));
  pane.tabIndex = row.tabIndex = -1;
  button.focus();
  const giveBack = keepFocus();
  button.remove();
  expect(giveBack()).toBe(true);
  expect(document.activeElement).toBe(row);
  row.remove();
  giveBack();
  expect(document.activeElement).toBe(pane);
  pane.remove();
  expect(giveBack()).toBe(false);
});
