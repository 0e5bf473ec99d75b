// What messages of others hold, drawn in the whole window.

import { expect, test, vi } from 'vitest';

import { find, openWindow, press, until } from '../fixture/whole-window';

vi.mock('../list/VirtualList.svelte', () => import('../list/PlainList.test.svelte'));

const messages = () => [...document.querySelectorAll<HTMLElement>('[data-testid=message]')];
const withText = (text: string) => messages().find((message) => message.textContent.includes(text));

test('a gallery shows what is said with each file, and names what it cannot show', async () => {
  await openWindow();
  await press('[data-room-id="!bauamt:musterstadt.de"]');
  await until(() => withText('Der Riss an der Nordwand')?.querySelector('[aria-label*="Riss.jpg"]'));
  expect(withText('Der Riss an der Nordwand')!.textContent).toContain('Bauplan.dwg');
  await until(() => withText('Stand der Arbeiten')?.querySelectorAll('[data-testid=picture]').length === 4);
});

test('a deleted message says who deleted it and why', async () => {
  await openWindow();
  await press('[data-room-id="!amtsleitung:musterstadt.de"]');
  await until(() => withText('Enthält personenbezogene Daten'));
  expect(withText('Enthält personenbezogene Daten')!.textContent).toContain('Thomas Brandt');
  expect(find('[data-testid=message]')).not.toBeNull();
});
