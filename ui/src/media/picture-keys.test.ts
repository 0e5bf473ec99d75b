import { flushSync, mount, unmount } from 'svelte';
import { expect, test } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import type { LiveList } from '../list/live-list.svelte';
import type { Attachment, TimelineRow } from '../protocol';
import PictureViewer from './PictureViewer.svelte';

const attachment: Attachment = { kind: 'image', filename: 'Plan.png', mimeType: 'image/png', size: 1, durationMs: null, file: 'file', picture: { full: 'full', thumbnail: null, width: 800, height: 600, blurhash: null }, waveform: [] };

test('"R" turns a picture, unless shortcuts of a single key are switched off', async () => {
  const app = new App({ mediaUrl: () => '', updateSettings: () => Promise.resolve() } as Partial<Backend> as Backend);
  const list = { rows: [], complete: true } as unknown as LiveList<TimelineRow>;
  const mounted = mount(AppHost, { target: document.body, props: { app, component: PictureViewer, props: { shown: { attachment, list, live: true }, onclose: () => {} } } });
  flushSync();
  const turned = () => document.querySelector<HTMLElement>('.picture')!.style.transform;
  const press = (key: string) => {
    document.querySelector('[data-testid="picture-dialog"]')!.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    flushSync();
  };
  expect(turned()).toContain('rotate(0deg)');
  press('r');
  expect(turned()).toContain('rotate(90deg)');
  void app.updateSettings({ singleKeyShortcuts: false });
  press('r');
  expect(turned()).toContain('rotate(90deg)');
  await unmount(mounted);
});
