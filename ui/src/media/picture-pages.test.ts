// The pictures before and after one, also those that are not loaded yet.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import { file, incoming, keller, message } from '../fixture/messages';
import { animation } from '../fixture/pictures';
import { LiveList } from '../list/live-list.svelte';
import { m } from '../paraglide/messages';
import type { Batch, Direction, MoreOutcome, TimelineRow } from '../protocol';
import { loadErrorWords } from '../words/errors.svelte';
import PictureViewer from './PictureViewer.svelte';

const subscription = 3;
const picture = (name: string, mimeType = 'image/png'): TimelineRow =>
  message(keller, 1, { type: 'attachment', attachment: file({ kind: 'image', filename: name, file: name, mimeType, picture: { full: name, thumbnail: null, width: 8, height: 6, blurhash: null } }), caption: null });

let mounted: ReturnType<typeof mount> | undefined;
let send: (batch: Batch<TimelineRow>) => void;
let seq = 0;

const named = () => document.querySelector('[data-testid=picture-dialog] h2')!.textContent;
const announced = () => document.querySelector('[data-testid=picture-announced]')!.textContent;
const said = () => document.querySelector('.saved')!.textContent;
const dialog = () => document.querySelector<HTMLElement>('[data-testid=picture-dialog]')!;
const position = () => document.querySelector('[data-testid=picture-position]')!.textContent;
const loading = () => document.querySelector('[role=progressbar]') !== null;
const button = (which: 'previous' | 'next') => document.querySelector<HTMLButtonElement>(`[data-testid=picture-${which}]`)!;

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  flushSync();
}

/** Opens the last picture of a list, whose pages `more` knows. */
async function look(rows: TimelineRow[], more: (direction: Direction) => MoreOutcome | Promise<MoreOutcome>, live = true, others: Partial<Backend> = {}): Promise<void> {
  const backend = { ...others, acknowledge: async () => {}, loadMore: vi.fn(async (_: number, direction: Direction) => more(direction)), unsubscribe: async () => {}, mediaUrl: (token: string) => token } as unknown as Backend;
  const list = new LiveList<TimelineRow>(backend, async (onBatch) => {
    send = onBatch;
    return subscription;
  });
  send({ subscription, seq: (seq = 0), ops: [{ type: 'reset', values: rows }] });
  await settle();
  const last = rows.at(-1)!.content;
  if (last.type !== 'message' || last.content.type !== 'attachment') throw new Error('not a picture');
  mounted = mount(AppHost, { target: document.body, props: { app: new App(backend), component: PictureViewer, props: { shown: { attachment: last.content.attachment, list, live }, onclose: () => {} } } });
  flushSync();
}

const older = (row: TimelineRow) => send({ subscription, seq: (seq += 1), ops: [{ type: 'pushFront', value: row }] });

afterEach(async () => {
  if (mounted) await unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

test('before the first picture that is loaded come the older ones, however far back they are', async () => {
  const pages = [incoming('Guten Tag'), incoming('Bitte sehen Sie nach'), picture('alt.png')];
  await look([picture('neu.png')], () => {
    older(pages.shift()!);
    return pages.length > 0 ? 'more' : 'end';
  });
  expect(position()).toContain(m.picture_position_loaded({ position: '1', count: '1' }));
  button('previous').click();
  flushSync();
  expect([loading(), said()]).toEqual([true, m.picture_loading()]);
  await settle();
  await settle();
  expect(named()).toBe('alt.png');
  expect(position()).toContain(m.picture_position({ position: '1', count: '2' }));
  expect(button('previous').getAttribute('aria-disabled')).toBe('true');
});

test('what is looked at stays where others come before it', async () => {
  await look([picture('eins.png'), picture('zwei.png')], () => 'more');
  const before = announced();
  expect(before).toBe(`${m.picture_position_loaded({ position: '2', count: '2' })} zwei.png`);
  older(picture('null.png'));
  flushSync();
  expect(announced()).toBe(before);
  expect([named(), position()]).toEqual(['zwei.png', expect.stringContaining(m.picture_position_loaded({ position: '3', count: '3' }))]);
});

test('the same picture sent twice holds nobody up', async () => {
  await look([picture('a.png'), picture('b.png'), picture('a.png')], () => 'end');
  button('previous').click();
  flushSync();
  button('previous').click();
  flushSync();
  expect(position()).toMatch(/1\D+3/);
});

test('newer ones are loaded only where the list is not about the latest', async () => {
  const asked: Direction[] = [];
  const more = (direction: Direction): MoreOutcome => (asked.push(direction), 'end');
  await look([picture('eins.png')], more);
  button('next').click();
  await settle();
  expect(asked).toEqual([]);
  await unmount(mounted!);
  document.body.replaceChildren();
  await look([picture('eins.png')], more, false);
  button('next').click();
  await settle();
  expect(asked).toEqual(['newer']);
});

test('what cannot be loaded is said, and asked for again by the next press', async () => {
  await loadErrorWords();
  let asked = 0;
  await look([picture('neu.png')], () => ((asked += 1), Promise.reject({ kind: 'offline' })));
  for (const times of [1, 2]) {
    button('previous').click();
    flushSync();
    await settle();
    expect(asked).toBe(times);
    expect(document.querySelector('.saved')!.textContent).not.toBe('');
  }
});

test('where nothing comes any more, nothing is waited for', async () => {
  await look([picture('eins.png')], () => 'end');
  button('previous').click();
  await vi.waitUntil(() => (flushSync(), said() === ''));
  expect(button('previous').getAttribute('aria-disabled')).toBe('true');
  button('previous').click();
  button('next').click();
  flushSync();
  expect(said()).toBe('');
});

test('the button that was pressed last stays where the only picture has none before it', async () => {
  await look([picture('eins.png')], () => 'end');
  const pressed = button('previous');
  pressed.focus();
  pressed.click();
  flushSync();
  await settle();
  await settle();
  expect([button('previous'), document.activeElement]).toEqual([pressed, pressed]);
});

test('the keys go on from a picture that moves to one that has nothing to stop', async () => {
  vi.stubGlobal('fetch', async () => new Response(Uint8Array.from(atob(animation), (letter) => letter.charCodeAt(0))));
  await look([picture('eins.png'), picture('Ampel.gif', 'image/gif')], () => 'end', true, { bytesUrl: (token: string) => token });
  document.querySelector('[data-testid=picture-full]')!.dispatchEvent(new Event('load'));
  await vi.waitUntil(() => (flushSync(), document.querySelector('[data-testid=picture-motion]')));
  const motion = document.querySelector<HTMLElement>('[data-testid=picture-motion]')!;
  motion.focus();
  motion.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true, cancelable: true }));
  flushSync();
  await settle();
  expect([named(), motion.isConnected, dialog().contains(document.activeElement)]).toEqual(['eins.png', false, true]);
});

test('whoever saves a picture that may be a program is warned', async () => {
  const saved = { path: '/tmp/eins.png', mayRun: true };
  await look([picture('eins.png')], () => 'end', true, { saveFile: async () => saved });
  document.querySelector<HTMLElement>('[data-testid=save-picture]')!.click();
  await settle();
  expect(said()).toBe(m.file_saved_may_run(saved));
});
