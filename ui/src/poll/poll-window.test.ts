// A poll in the whole window.

import backend from '#backend';
import { expect, test, vi } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { find, openWindow, press, until } from '../fixture/whole-window';

vi.mock('../list/VirtualList.svelte', () => import('../list/PlainList.test.svelte'));

const roomId = '!buergerbuero:musterstadt.de';

test('who asked hears how it ended, also without having voted', async () => {
  await openWindow();
  setLanguage('de');
  await press(`[data-room-id="${roomId}"]`);
  await until(() => find('[data-testid=poll-menu]'));
  const mine = [...document.querySelectorAll<HTMLElement>('[data-testid=message]')].at(-1)!;
  expect(mine.querySelectorAll('input:not([disabled])')).toHaveLength(2);
  await backend.endPoll({ roomId, thread: null }, mine.dataset['eventId']!, '');
  await until(() => mine.querySelector('[data-testid=poll-live]')?.textContent?.includes('beendet'));
});
