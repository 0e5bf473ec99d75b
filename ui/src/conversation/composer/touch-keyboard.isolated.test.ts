// Writing on a keyboard on the screen, where Shift+Enter cannot be typed.

import { flushSync } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';

import { find, openWindow, press, until } from '../../fixture/whole-window';

vi.mock('../../list/VirtualList.svelte', () => import('../../list/PlainList.test.svelte'));

const field = () => find<HTMLTextAreaElement>('[data-testid=composer]')!;

function enter(more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...more });
  field().dispatchEvent(event);
  flushSync();
  return event.defaultPrevented;
}

async function write(pointer: 'coarse' | 'fine'): Promise<void> {
  const { matchMedia } = window;
  vi.stubGlobal('matchMedia', (query: string) => (query === '(pointer: coarse)' ? { matches: pointer === 'coarse' } : matchMedia.call(window, query)));
  await openWindow();
  await press('[data-room-id="!amtsleitung:musterstadt.de"]');
  await until(field);
  field().value = 'Erste Zeile';
  field().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

afterEach(() => vi.unstubAllGlobals());

test('Enter makes a new line, and the button sends', async () => {
  await write('coarse');
  expect(field().getAttribute('enterkeyhint')).toBe('enter');
  expect(enter()).toBe(false);
  expect(field().value).toBe('Erste Zeile');
  await press('[data-testid=send]');
  await until(() => field().value === '');
});

test('a keyboard that is plugged in sends with Ctrl', async () => {
  await write('coarse');
  expect(enter({ ctrlKey: true })).toBe(true);
  await until(() => field().value === '');
});

test('elsewhere Enter sends', async () => {
  await write('fine');
  expect(field().getAttribute('enterkeyhint')).toBe('send');
  expect(enter({ shiftKey: true })).toBe(false);
  expect(enter()).toBe(true);
  await until(() => field().value === '');
});
