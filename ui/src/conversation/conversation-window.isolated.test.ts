// A conversation in the whole window: what one types, and what the message says that has the focus.

import { beforeEach, describe, expect, test, vi } from 'vitest';

import type { App } from '../app/app.svelte';
import { setLanguage } from '../app/locale.svelte';
import { emit } from '../fixture/commands/session';
import { find, openWindow, press, until } from '../fixture/whole-window';

vi.mock('../list/VirtualList.svelte', () => import('../list/PlainList.test.svelte'));

let app: App;

function type(text: string, inputType = 'insertText'): void {
  const field = find<HTMLTextAreaElement>('[data-testid=composer]')!;
  field.focus();
  for (const data of inputType === 'insertText' ? text : [text]) {
    field.setRangeText(data, field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType, data }));
  }
}
const written = () => find<HTMLTextAreaElement>('[data-testid=composer]')!.value;

beforeEach(async () => {
  app = await openWindow();
  setLanguage('de');
  await until(() => find('[data-room-id="!amtsleitung:musterstadt.de"]'));
  find('[data-room-id="!amtsleitung:musterstadt.de"]')!.click();
  await until(() => find('[data-event-id="$haushalt"]') && find('[data-testid=composer]'));
});

describe('the name of an emoji between two colons', () => {
  test('becomes the emoji, and what follows is written behind it', async () => {
    type('Danke :tada:');
    type(' bis morgen');
    await until(() => written() === 'Danke 🎉 bis morgen');
    expect(find<HTMLTextAreaElement>('[data-testid=composer]')!.selectionStart).toBe(written().length);
    await until(() => app.settings.recentEmoji[0] === '🎉');
  });

  test('stays where it was pasted or put back, and where it names no emoji', async () => {
    type('\n:tada:', 'insertFromPaste');
    type(' ');
    type(':tada:', 'historyUndo');
    type(' :nichts:');
    type(' :tada:');
    await until(() => written().endsWith('🎉'));
    expect(written().split('\n').at(-1)).toBe(':tada: :tada: :nichts: 🎉');
  });
});

describe('a poll', () => {
  const question = () => find<HTMLInputElement>('[data-testid=poll-question]')?.value;
  const answers = () => [...document.querySelectorAll<HTMLInputElement>('[data-testid=poll-answer]')].map(({ value }) => value);

  test('that was sent is taken back with a key, and is in its form again', async () => {
    const field = find<HTMLTextAreaElement>('[data-testid=composer]')!;
    field.value = '';
    field.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await press('[data-testid=composer-more]');
    await press('[data-testid=start-poll]');
    await until(() => find('[data-testid=poll-question]'));
    const input = find<HTMLInputElement>('[data-testid=poll-question]')!;
    input.value = 'Wann tagen wir?';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    await press('[data-testid=poll-template-yes-no]');
    await press('[data-testid=poll-secret]');
    await until(() => answers().join() === 'Ja,Nein,Enthaltung');
    await press('[data-testid=poll-create]');
    await until(() => find('[data-testid=undo-send]') && !find('[data-testid=poll-dialog]'));
    const said = [...document.querySelectorAll('form[data-composer] [role=status]')].map((status) => status.textContent).join('');
    expect(said).toContain('Umfrage wird gesendet. Mit ');
    const last = () => [...document.querySelectorAll('[data-testid=message]')].at(-1)!.textContent;
    expect(last()).toContain('Wann tagen wir?');
    find('[data-testid=composer-more]')!.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true }));
    await until(() => question() === 'Wann tagen wir?');
    expect([answers(), find<HTMLInputElement>('[data-testid=poll-secret]')!.checked]).toEqual([['Ja', 'Nein', 'Enthaltung'], true]);
    expect(last()).not.toContain('Wann tagen wir?');
  });

  test('whose edit was refused is in its form again, as it was changed', async () => {
    const conversation = { roomId: '!amtsleitung:musterstadt.de', thread: null };
    const poll = { question: 'Wann genau?', answers: ['Montag', 'Mittwoch'], open: true, maxSelections: 1 };
    emit({ type: 'editRefused', error: { kind: 'forbidden', reason: 'changeRefused' }, edit: { conversation, change: { type: 'poll', eventId: '$umfrage', poll } } });
    await until(() => find('[data-testid=unsent-edit]')?.textContent === 'Wann genau?\nMontag\nMittwoch');
    await press('[data-testid=resume-edit]');
    await until(() => question() === 'Wann genau?');
    expect([answers(), find('[data-testid=unsent-edit]')]).toEqual([['Montag', 'Mittwoch'], null]);
  });
});

test('files and a place that were sent are where they were put together again', async () => {
  const staged = () => document.querySelectorAll('[data-testid=staged-file]').length;
  const caption = () => find<HTMLTextAreaElement>('[data-testid=attach-caption]')?.value;
  await press('[data-testid=composer-more]');
  await press('[data-testid=attach-file]');
  await until(() => staged() === 3 && caption() !== undefined);
  const field = find<HTMLTextAreaElement>('[data-testid=attach-caption]')!;
  field.value = 'Für morgen';
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
  await press('[data-testid=attach-gallery]');
  await press('[data-testid=attach-send]');
  await press('[data-testid=undo-send]');
  await until(() => staged() === 3);
  expect([caption(), find<HTMLInputElement>('[data-testid=attach-gallery]')!.checked]).toEqual(['Für morgen', true]);
  await press('[data-testid=attach-cancel]');
  await until(() => !find('[data-testid=attach-dialog]'));

  const values = () => ['description', 'latitude', 'longitude'].map((name) => find<HTMLInputElement>(`[data-testid=location-${name}]`)?.value);
  const rathaus = ['Rathaus', '48.137', '11.575'];
  await press('[data-testid=composer-more]');
  await press('[data-testid=share-location]');
  await until(() => find('[data-testid=location-dialog]'));
  for (const [index, name] of ['description', 'latitude', 'longitude'].entries()) {
    const input = find<HTMLInputElement>(`[data-testid=location-${name}]`)!;
    input.value = rathaus[index]!;
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }
  await press('[data-testid=location-send]');
  await until(() => !find('[data-testid=location-dialog]'));
  await press('[data-testid=undo-send]');
  await until(() => find('[data-testid=location-dialog]'));
  expect(values()).toEqual(rathaus);
});

describe('the row that Tab leads to', () => {
  test.each(['timeline', 'room-list'])('is drawn wherever one reads (%s)', (list) => {
    expect(find(`[data-testid=${list}] [data-row][tabindex="0"]`)!.closest('[data-held=true]')).not.toBeNull();
  });
});

describe('the message that has the focus', () => {
  test('has its exact time in its description, and shows it below', async () => {
    const row = find('[data-event-id="$haushalt"]')!;
    const description = document.getElementById(row.getAttribute('aria-describedby')!)!;
    expect(description.textContent).toMatch(/\d{4} um \d\d:\d\d:\d\d \p{L}+/u);
    expect(row.querySelector('.meta time')!.getAttribute('title')).toBe(description.textContent);
    expect(find('[data-testid=moment]')).toBeNull();
    // Listened to once everything is drawn.
    await until(() => {
      row.blur();
      row.focus();
      return find('[data-testid=moment]');
    });
    const day = description.textContent!.split(' um ')[0]!;
    expect(find('[data-testid=moment]')!.textContent).toContain(day);
    row.blur();
    await until(() => !find('[data-testid=moment]'));
  });
});
