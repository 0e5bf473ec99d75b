// Pictures that did not come without a connection.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import { file } from '../fixture/messages';
import PictureView from '../message/PictureView.svelte';
import type { ConnectionState } from '../protocol';
import PictureGrid from './PictureGrid.svelte';

const showPicture = vi.fn();
vi.mock('../app/context', async (load) => ({ ...(await load<object>()), useConversation: () => () => ({ showPicture }) }));

const attachment = file({ kind: 'image', filename: 'Plan.png', picture: { full: 'plan', thumbnail: null, width: 80, height: 60, blurhash: null } });
let app: App;
let mounted: ReturnType<typeof mount>;

const image = () => document.querySelector('img');
const state = () => document.querySelector<HTMLElement>('[data-testid=picture]')!.dataset['state'];
function become(connection: ConnectionState): void {
  app.connection = connection;
  flushSync();
}
function draw(component: typeof PictureView | typeof PictureGrid, props: object): void {
  mounted = mount(AppHost, { target: document.body, props: { app, component, props } });
  flushSync();
}
function fail(): void {
  image()!.dispatchEvent(new Event('error'));
  flushSync();
}

beforeEach(() => {
  showPicture.mockClear();
  app = new App({ mediaUrl: (token: string) => `media:${token}` } as unknown as Backend);
  become({ type: 'offline', reason: 'unreachable', retryAtMs: null });
});

afterEach(async () => {
  await unmount(mounted);
  document.body.replaceChildren();
});

test('a picture that failed is asked for again with the connection', () => {
  draw(PictureView, { attachment, picture: attachment.picture });
  fail();
  expect([state(), image()]).toEqual(['failed', null]);
  become({ type: 'connecting' });
  expect(state()).toBe('failed');
  become({ type: 'catchingUp' });
  expect([state(), image()?.getAttribute('src')]).toEqual(['loading', 'media:plan']);
  // What fails now fails for another reason.
  fail();
  become({ type: 'online' });
  expect(state()).toBe('failed');
});

test('it is asked for again by a press, too', () => {
  draw(PictureView, { attachment, picture: attachment.picture });
  fail();
  document.querySelector('button')!.click();
  flushSync();
  expect([state(), showPicture.mock.calls.length]).toEqual(['loading', 1]);
});

test('so are those of a gallery, and only those that failed', () => {
  draw(PictureGrid, { items: [attachment, { ...attachment }] });
  const asked = [...document.querySelectorAll('img')].map((picture) => vi.spyOn(picture, 'setAttribute'));
  fail();
  become({ type: 'online' });
  expect(asked.map((calls) => calls.mock.calls)).toEqual([[['src', 'media:plan']], []]);
  fail();
  document.querySelector('button')!.click();
  expect(asked[0]!.mock.calls).toHaveLength(2);
});
