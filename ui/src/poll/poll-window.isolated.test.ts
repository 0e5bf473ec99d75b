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

test('before its votes are known, nobody can vote, end or change a poll', async () => {
  await openWindow();
  setLanguage('de');
  await press('[data-room-id="!aktuelles:musterstadt.de"]');
  await until(() => find('[data-testid=poll-tally]'));
  const polls = [...document.querySelectorAll<HTMLElement>('[data-testid=poll]')];
  const [counting, unknown, partial, counted] = polls;
  expect(counting!.querySelector('[data-testid=poll-tally]')?.textContent).toBe('Die Stimmen werden gezählt …');
  expect(unknown!.querySelector('[data-testid=poll-tally]')?.textContent).toContain('konnten nicht vom Server geholt werden');
  for (const poll of [counting, unknown]) {
    expect(poll!.querySelector('fieldset')?.disabled).toBe(true);
    expect(poll!.querySelector('button, [data-testid=poll-voters]')).toBeNull();
  }
  for (const poll of [partial, counted]) {
    expect(poll!.querySelector('fieldset')?.disabled).toBe(false);
    expect(poll!.querySelector('[data-testid=poll-tally]')).toBeNull();
  }
  const turnout = [partial, counted].map((poll) => poll!.querySelector('[data-testid=poll-voters]')!.textContent.includes('nicht entschlüsselt'));
  expect(turnout).toEqual([true, false]);
});
