import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { catchFocus, keepFocus, keyTarget } from './focus';

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

describe('a control that goes away', () => {
  const rest = () => new Promise((resolve) => setTimeout(resolve, 5));
  let stop: () => void;
  let row: HTMLElement;
  let button: HTMLButtonElement;

  beforeEach(() => {
    document.body.replaceChildren();
    const root = document.body.appendChild(document.createElement('div'));
    row = root.appendChild(document.createElement('div'));
    row.tabIndex = -1;
    button = row.appendChild(document.createElement('button'));
    stop = catchFocus(root);
  });
  afterEach(() => stop());

  test('leaves the focus to what is around it', async () => {
    button.focus();
    button.remove();
    await rest();
    expect(document.activeElement).toBe(row);
  });

  test('leaves it to what is named for that', async () => {
    const form = row.appendChild(document.createElement('form'));
    const field = form.appendChild(document.createElement('textarea'));
    form.dataset['focusTo'] = 'textarea';
    form.append(button);
    button.focus();
    button.remove();
    await rest();
    expect(document.activeElement).toBe(field);
  });

  test('leaves it to the entry that takes the place of its own', async () => {
    const list = document.body.firstElementChild!.appendChild(document.createElement('ul'));
    list.dataset['focusEntry'] = 'button';
    const [, second, third] = ['a', 'b', 'c'].map(() => list.appendChild(document.createElement('li')).appendChild(document.createElement('button'))) as [HTMLButtonElement, HTMLButtonElement, HTMLButtonElement];
    second.focus();
    second.parentElement!.remove();
    await rest();
    expect(document.activeElement).toBe(third);
    third.parentElement!.remove();
    await rest();
    expect(document.activeElement).toBe(list.querySelector('button'));
  });

  test('leaves it to what is around where what is named for that is gone, too', async () => {
    row.dataset['focusTo'] = 'input';
    button.focus();
    button.remove();
    await rest();
    expect(document.activeElement).toBe(row);
  });

  test('takes it from nobody who moved it on', async () => {
    const next = row.appendChild(document.createElement('button'));
    button.focus();
    button.remove();
    await Promise.resolve();
    next.focus();
    await rest();
    expect(document.activeElement).toBe(next);
  });

  test('had it no more, when somebody had clicked beside it', async () => {
    button.focus();
    button.blur();
    row.append(document.createElement('p'));
    await rest();
    expect(document.activeElement).toBe(document.body);
  });
});
