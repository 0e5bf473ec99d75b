// Forwarding in the whole window, without a mouse.

import { flushSync } from 'svelte';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { setLanguage } from '../../app/locale.svelte';
import { m } from '../../paraglide/messages';
import { find, focused, openWindow, press, until } from '../../fixture/whole-window';

vi.mock('../../list/VirtualList.svelte', () => import('../../list/PlainList.test.svelte'));

function key(name: string): void {
  focused().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true }));
  flushSync();
}
const search = () => find<HTMLInputElement>('[data-testid=forward-search]')!;
const ticks = () => [...document.querySelectorAll<HTMLInputElement>('[data-testid=forward-room] input')];

beforeEach(async () => {
  await openWindow();
  await press('[data-room-id="!amtsleitung:musterstadt.de"]');
  await until(() => find('[data-event-id="$haushalt"]'));
  // The keys are listened to once everything is drawn.
  await until(() => {
    if (find('[data-testid=forward-dialog]')) return true;
    find('[data-event-id="$haushalt"]')!.focus();
    key('f');
    return false;
  });
  await until(() => ticks().length > 3 && focused() === search());
});

test('a message goes as it is, but a poll begins anew, and that is said', async () => {
  expect(find('[data-testid=forward-poll]')).toBeNull();
  key('Escape');
  await until(() => !find('[data-testid=forward-dialog]'));
  find('[data-testid=poll]')!.closest<HTMLElement>('[data-row-id]')!.focus();
  key('f');
  await until(() => find('[data-testid=forward-poll]'));
});

test('what was forwarded can be taken back for a moment, and nothing comes back', async () => {
  setLanguage('de');
  ticks()[0]!.click();
  await press('[data-testid=confirm-forward]');
  await until(() => find('[data-testid=undo-send]'));
  expect(find('[data-testid=undo-send]')!.parentElement!.textContent).toContain('Weitergeleitet.');
  await press('[data-testid=undo-send]');
  const said = () => [...document.querySelectorAll('form[data-composer] [role=status]')].map((status) => status.textContent).join('');
  await until(() => said().includes('Die Nachricht ist zurückgenommen.'));
  expect([find('[data-testid=undo-send]'), focused().dataset['testid']]).toEqual([null, 'composer']);
});

test('what is encrypted does not go where it would not be without a word', async () => {
  const open = find('[data-testid=forward-room][data-room-id="!kantine:musterstadt.de"]')!;
  expect(open.textContent).toContain(m.not_encrypted());
  const warning = () => find('[data-testid=forward-exposes]')?.textContent ?? null;
  const confirm = () => find('[data-testid=confirm-forward]')!.textContent;
  ticks()[0]!.click();
  flushSync();
  expect([warning(), confirm()]).toEqual([null, m.act_forward()]);
  open.querySelector('input')!.click();
  flushSync();
  expect(warning()).toContain('Kantine');
  expect(confirm()).toBe(m.forward_anyway());
  open.querySelector('input')!.click();
  flushSync();
  expect([warning(), confirm()]).toEqual([null, m.act_forward()]);
});

describe('the rooms to forward to', () => {
  test('are one stop of the Tab key, and the arrow keys go through them and back to the search', () => {
    const stops = () => ticks().map((tick) => tick.tabIndex);
    const [first, second] = ticks();
    expect(stops().filter((stop) => stop === 0)).toHaveLength(1);
    key('ArrowDown');
    expect(focused()).toBe(first);
    key('ArrowDown');
    expect(focused()).toBe(second);
    expect(stops().indexOf(0)).toBe(1);
    key('ArrowUp');
    key('ArrowUp');
    expect(focused()).toBe(search());
  });

  test('say where one may not write, and cannot be chosen there', async () => {
    const closed = find('[data-testid=forward-room][data-room-id="!aktuelles:musterstadt.de"]')!;
    const tick = closed.querySelector('input')!;
    expect(closed.textContent).toContain(m.forward_read_only());
    expect(tick.getAttribute('aria-disabled')).toBe('true');
    tick.click();
    flushSync();
    expect([tick.checked, find('[data-testid=confirm-forward]')!.hasAttribute('disabled')]).toEqual([false, true]);
    const open = ticks().find((other) => other !== tick)!;
    expect(open.closest('label')!.textContent).not.toContain(m.forward_read_only());
    open.click();
    flushSync();
    expect([open.checked, find('[data-testid=confirm-forward]')!.hasAttribute('disabled')]).toEqual([true, false]);
  });

  test('stay while Escape clears the search, and go with the next', async () => {
    search().value = 'bau';
    search().dispatchEvent(new Event('input', { bubbles: true }));
    flushSync();
    key('Escape');
    expect(search().value).toBe('');
    expect(find('[data-testid=forward-dialog]')).not.toBeNull();
    key('Escape');
    await until(() => !find('[data-testid=forward-dialog]'));
    expect(focused().dataset['eventId']).toBe('$haushalt');
  });
});
