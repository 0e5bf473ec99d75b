// The whole window, with its list of rooms folded into a strip.

import { beforeEach, expect, test, vi } from 'vitest';

import type { App } from '../app/app.svelte';
import { find, focused, openWindow, press as pressOn, until } from '../fixture/whole-window';

vi.mock('../list/VirtualList.svelte', () => import('../list/PlainList.test.svelte'));

let app: App;

const part = (name: string) => find(`[data-testid="${name}"]`);
const press = (name: string) => pressOn(`[data-testid="${name}"]`);
const key = (name: string) => focused().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
const resize = (width: number) => (window as unknown as { happyDOM: { setViewport(size: object): void } }).happyDOM.setViewport({ width, height: 844 });

beforeEach(async () => {
  resize(1280);
  app = await openWindow();
  await app.updateSettings({ roomListFolded: false });
  await until(() => find('[data-room-id]'));
});

test('a button folds the list and its opposite has the focus, and so back', async () => {
  await press('fold-rooms');
  await until(() => focused() === part('unfold-rooms'));
  expect(part('room-list')).toBeNull();
  expect(app.settings.roomListFolded).toBe(true);
  focused().click();
  await until(() => focused() === part('fold-rooms'));
  expect(part('room-list')).not.toBeNull();
  expect(app.settings.roomListFolded).toBe(false);
});

test('the strip says how many conversations have something new', async () => {
  await press('filter-people');
  await press('fold-rooms');
  await until(() => part('folded-unread'));
  const unread = Number(part('folded-unread')!.querySelector('[aria-hidden]')!.textContent);
  expect(unread).toBeGreaterThan(1);
  // The filter that nobody sees any more went, so that it counts all of them.
  await press('unfold-rooms');
  await until(() => part('filter-people'));
  expect(part('filter-people')!.getAttribute('aria-pressed')).toBe('false');
});

test('F9 leaves the focus beside the list where it is, and F6 leads to the strip', async () => {
  part('room-search')!.focus();
  key('F6');
  const beside = focused();
  expect(beside.closest('[data-pane]')!.getAttribute('data-pane')).toBe('conversation');
  key('F9');
  await until(() => part('unfold-rooms'));
  expect(focused()).toBe(beside);
  key('F6');
  expect(focused()).toBe(part('unfold-rooms'));
  key('F9');
  await until(() => focused() === part('fold-rooms'));
});

test('a narrow window shows the list as ever', async () => {
  await press('fold-rooms');
  await until(() => part('unfold-rooms'));
  resize(390);
  await until(() => part('room-list'));
  expect(part('unfold-rooms')).toBeNull();
  part('room-search')!.focus();
  resize(1280);
  await until(() => part('unfold-rooms'));
  expect(focused()).not.toBe(part('unfold-rooms'));
});
