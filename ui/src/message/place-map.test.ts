import { flushSync, mount, unmount } from 'svelte';
import { expect, test } from 'vitest';

import { App } from '../app/app.svelte';
import type { Backend } from '../backend';
import { m } from '../paraglide/messages';
import PlaceMapHost from './PlaceMapHost.test.svelte';

test('a map of which a square is missing keeps its place, says so, and is tried again after a reconnect', async () => {
  const app = new App({ mediaUrl: (token: string) => token } as unknown as Backend);
  app.connection = { type: 'offline' } as typeof app.connection;
  const mounted = mount(PlaceMapHost, { target: document.body, props: { app, map: { tiles: [{ picture: 'a', left: 0, top: 0 }, { picture: 'b', left: 256, top: 0 }], attribution: '© Amt' } } });
  flushSync();
  const map = () => document.querySelector<HTMLElement>('[data-testid=place-map]')!;
  expect(map().querySelectorAll('img')).toHaveLength(2);
  map().querySelector('img')!.dispatchEvent(new Event('error'));
  flushSync();
  expect([map().querySelectorAll('img').length, map().textContent.trim(), map().querySelector('svg') !== null]).toEqual([0, m.map_missing(), true]);
  app.connection = { type: 'online' } as typeof app.connection;
  flushSync();
  expect(map().querySelectorAll('img')).toHaveLength(2);
  await unmount(mounted);
});
