// Pictures that move: they stop by themselves, and where less motion is wanted they do not begin (WCAG 2.2.2).

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import PictureTile from '../files/PictureTile.svelte';
import { file } from '../fixture/messages';
import { animation } from '../fixture/pictures';
import PictureView from '../message/PictureView.svelte';
import type { Attachment } from '../protocol';
import { isAnimated } from './animated';

const showPicture = vi.fn();
vi.mock('../app/context', async (load) => ({ ...(await load<object>()), useConversation: () => () => ({ showPicture }) }));

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const moving = bytesOf(animation);
/** The same with its first frame alone. */
const still = new Uint8Array([...moving.subarray(0, moving.indexOf(0x21, 60)), 0x3b]);
const gif = file({ kind: 'image', filename: 'Ampel.gif', mimeType: 'image/gif', picture: { full: 'ampel', thumbnail: null, width: 80, height: 60, blurhash: null } });
const fetched = vi.fn();
let less = false;
let mounted: ReturnType<typeof mount> | undefined;

const control = () => document.querySelector<HTMLButtonElement>('[data-testid=picture-motion]');
const image = () => document.querySelector('img')!;
const standsStill = () => document.querySelector('canvas') !== null && image().style.display === 'none';

async function show(component: typeof PictureView | typeof PictureTile, attachment: Attachment, bytes: Uint8Array, props: object = {}): Promise<void> {
  fetched.mockImplementation(async () => new Response(new Uint8Array(bytes)));
  const app = new App({ mediaUrl: (token: string) => `media:${token}`, bytesUrl: (token: string) => `bytes:${token}` } as unknown as Backend);
  mounted = mount(AppHost, { target: document.body, props: { app, component, props: { attachment, picture: attachment.picture, ...props } } });
  flushSync();
  image().dispatchEvent(new Event('load'));
  flushSync();
  await vi.dynamicImportSettled();
  await vi.advanceTimersByTimeAsync(100);
  flushSync();
}

beforeEach(() => {
  less = false;
  vi.useFakeTimers();
  vi.stubGlobal('fetch', fetched);
  const { matchMedia } = window;
  vi.stubGlobal('matchMedia', (query: string) => (query.includes('reduced-motion') ? { matches: less } : matchMedia.call(window, query)));
});

afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  fetched.mockReset();
});

test('a picture that moves stops after five seconds, and can be played and stopped', async () => {
  await show(PictureView, gif, moving);
  expect(control()?.getAttribute('aria-label')).toContain('Ampel.gif');
  expect(standsStill()).toBe(false);
  await vi.advanceTimersByTimeAsync(5000);
  expect(standsStill()).toBe(true);
  const stopped = control()!.getAttribute('aria-label');
  control()!.click();
  flushSync();
  expect(standsStill()).toBe(false);
  expect(control()!.getAttribute('aria-label')).not.toBe(stopped);
  control()!.click();
  flushSync();
  expect(standsStill()).toBe(true);
  expect(showPicture).not.toHaveBeenCalled();
});

test('where less motion is wanted, it moves only when it is asked to', async () => {
  less = true;
  await show(PictureView, gif, moving);
  expect(standsStill()).toBe(true);
  control()!.click();
  flushSync();
  expect(standsStill()).toBe(false);
});

test('a picture that cannot move has nothing to stop it with', async () => {
  const photo = { ...gif, picture: { ...gif.picture!, full: 'foto' } };
  await show(PictureView, photo, still);
  expect(fetched).toHaveBeenCalledWith('bytes:foto', expect.anything());
  expect([control(), standsStill()]).toEqual([null, false]);
});

test('a photo is not read for it', async () => {
  await show(PictureView, { ...gif, mimeType: 'image/jpeg' }, moving);
  expect(fetched).not.toHaveBeenCalled();
});

test('in a list of small pictures, nothing moves', async () => {
  await show(PictureTile, gif, moving, { from: { sender: { name: '' }, timestampMs: 0 } });
  expect(standsStill()).toBe(true);
});

test('the bytes of a picture tell whether it moves', () => {
  const png = (...chunks: string[]) => new Uint8Array([0x89, ...'PNG\r\n\u001a\n'.split('').map((letter) => letter.charCodeAt(0)), ...chunks.flatMap((chunk) => [0, 0, 0, 0, ...chunk.split('').map((letter) => letter.charCodeAt(0)), 0, 0, 0, 0])]);
  const webp = (flags: number) => new Uint8Array([...'RIFF    WEBPVP8X    '].map((letter) => letter.charCodeAt(0)).concat(flags));
  expect([moving, png('IHDR', 'acTL', 'IDAT'), webp(0x12)].map(isAnimated)).toEqual([true, true, true]);
  expect([still, png('IHDR', 'IDAT', 'acTL'), webp(0x10), png('IHDR'), new Uint8Array(), moving.subarray(0, 40)].map(isAnimated)).toEqual([false, false, false, false, false, false]);
});
