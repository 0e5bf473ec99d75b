import { expect, onTestFinished, test } from 'vitest';

import { keepFocus, keyTarget, rescueFocus } from './focus';

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

/** A pane with a row that Tab reaches, and in the row what is pressed. */
function rescued(): { row: HTMLElement; button: HTMLButtonElement; field: HTMLElement } {
  const [row, button, field] = [document.createElement('div'), document.createElement('button'), document.createElement('textarea')];
  row.tabIndex = 0;
  row.dataset['row'] = '';
  row.append(button);
  field.dataset['paneFocus'] = '';
  const pane = document.createElement('section');
  pane.append(row, field);
  document.body.replaceChildren(pane);
  onTestFinished(rescueFocus());
  return { row, button, field };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('what disappears when it is pressed leaves the focus to what is around it', async () => {
  const { row, button } = rescued();
  button.focus();
  button.remove();
  await settled();
  expect(document.activeElement).toBe(row);
});

test('so does what is disabled, and what disappears with all around it', async () => {
  const { row, button, field } = rescued();
  button.focus();
  button.disabled = true;
  await settled();
  expect(document.activeElement).toBe(row);
  row.remove();
  await settled();
  expect(document.activeElement).toBe(field);
});

test('in a dialog the focus stays in the dialog', async () => {
  const { row } = rescued();
  const [dialog, list, gone, other] = [document.createElement('dialog'), document.createElement('ul'), document.createElement('button'), document.createElement('button')];
  dialog.open = true;
  list.append(gone);
  dialog.append(list, other);
  row.append(dialog);
  gone.focus();
  list.remove();
  await settled();
  expect(document.activeElement).toBe(other);
});

test('who gives the focus up on purpose does not get it back', async () => {
  const { button } = rescued();
  button.focus();
  button.blur();
  await settled();
  button.remove();
  await settled();
  expect(document.activeElement).toBe(document.body);
});
