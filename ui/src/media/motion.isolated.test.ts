// Pictures that move: they stop by themselves, and where less motion is wanted they do not begin (WCAG 2.2.2).

import { flushSync, mount, unmount } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
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
import PictureGrid from './PictureGrid.svelte';
import { seen } from './stopped';

const showPicture = vi.fn();
vi.mock('../app/context', async (load) => ({ ...(await load<object>()), useConversation: () => () => ({ showPicture }) }));

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const moving = bytesOf(animation);
/** The same with its first frame alone. */
const still = new Uint8Array([...moving.subarray(0, moving.indexOf(0x21, 60)), 0x3b]);
let pictures = 0;
/** Each is another: what was read once is known. */
const aGif = () => file({ kind: 'image', filename: 'Ampel.gif', mimeType: 'image/gif', picture: { full: `ampel-${(pictures += 1)}`, thumbnail: null, width: 80, height: 60, blurhash: null } });
const fetched = vi.fn();
let less = false;
let mounted: ReturnType<typeof mount> | undefined;
let gif: Attachment;

const control = () => document.querySelector<HTMLButtonElement>('[data-testid=picture-motion]');
const image = () => document.querySelector('img')!;
const standsStill = () => document.querySelector('canvas') !== null && image().style.display === 'none';

async function show(component: typeof PictureView | typeof PictureTile, attachment: Attachment, bytes: Uint8Array, props: object = {}, answer = async () => new Response(new Uint8Array(bytes))): Promise<void> {
  fetched.mockImplementation(answer);
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
  gif = aGif();
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
  await show(PictureView, gif, still);
  expect(fetched).toHaveBeenCalledExactlyOnceWith(`bytes:${gif.picture!.full}`, expect.anything());
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

/** As the browser says it of a picture that is there. */
function arrive(width: number, height: number, place = { clientWidth: 0, clientHeight: 0 }): HTMLImageElement {
  const values = { complete: true, naturalWidth: width, naturalHeight: height, ...place };
  for (const [name, value] of Object.entries(values)) Object.defineProperty(image(), name, { configurable: true, value });
  image().dispatchEvent(new Event('load'));
  flushSync();
  return image();
}

test('a small picture is still there when what is said of it changes', async () => {
  const app = new App({ mediaUrl: (token: string) => `media:${token}` } as unknown as Backend);
  const props = new SvelteMap<string, object>([['props', { items: [gif] }]]);
  mounted = mount(AppHost, { target: document.body, props: { app, component: PictureGrid, get props() { return props.get('props')!; } } });
  flushSync();
  expect(image().style.visibility).toBe('hidden');
  arrive(80, 60);
  expect(standsStill()).toBe(true);
  props.set('props', { items: [{ ...gif, size: 2 }] });
  flushSync();
  expect(standsStill()).toBe(true);
  props.set('props', { items: [{ ...gif, mimeType: 'image/jpeg' }] });
  flushSync();
  expect([standsStill(), image().style.visibility]).toEqual([false, '']);
});

test('a still has no more pixels than its place shows', async () => {
  await show(PictureTile, gif, moving, { from: { sender: { name: '' }, timestampMs: 0 } });
  arrive(4000, 2000, { clientWidth: 100, clientHeight: 100 });
  const { width, height } = document.querySelector('canvas')!;
  expect([width, height]).toEqual([200 * devicePixelRatio, 100 * devicePixelRatio]);
  expect(seen(arrive(40, 20, { clientWidth: 100, clientHeight: 100 }))).toEqual({ width: 40, height: 20 });
  expect(seen(arrive(4000, 2000))).toEqual({ width: 4000, height: 2000 });
});

test('whether it moves is read once, and no more where nobody looks', async () => {
  await show(PictureView, gif, moving);
  await unmount(mounted!);
  document.body.replaceChildren();
  await show(PictureView, gif, moving);
  expect(control()).not.toBeNull();
  expect(fetched).toHaveBeenCalledOnce();
  await unmount(mounted!);
  document.body.replaceChildren();
  gif = aGif();
  await show(PictureView, gif, moving, {}, () => new Promise(() => {}));
  const { signal } = fetched.mock.lastCall![1] as { signal: AbortSignal };
  expect(signal.aborted).toBe(false);
  await unmount(mounted!);
  mounted = undefined;
  expect(signal.aborted).toBe(true);
});

test('the bytes of a picture tell whether it moves', () => {
  const png = (...chunks: string[]) => new Uint8Array([0x89, ...'PNG\r\n\u001a\n'.split('').map((letter) => letter.charCodeAt(0)), ...chunks.flatMap((chunk) => [0, 0, 0, 0, ...chunk.split('').map((letter) => letter.charCodeAt(0)), 0, 0, 0, 0])]);
  const webp = (flags: number) => new Uint8Array([...'RIFF    WEBPVP8X    '].map((letter) => letter.charCodeAt(0)).concat(flags));
  expect([moving, png('IHDR', 'acTL', 'IDAT'), webp(0x12)].map(isAnimated)).toEqual([true, true, true]);
  expect([still, png('IHDR', 'IDAT', 'acTL'), webp(0x10), png('IHDR'), new Uint8Array(), moving.subarray(0, 40)].map(isAnimated)).toEqual([false, false, false, false, false, false]);
});
