import backend from '#backend';
import { mount } from 'svelte';

import { App } from './app/app.svelte';
import { painted } from './app/paint';
import Window from './app/Window.svelte';
import { hold } from './app/window-guard';
import { loadErrorWords } from './words/errors.svelte';

/** Red, green and blue of the page, 0 to 255, however its colour is written. */
function pageColor(): number[] {
  const pixel = new OffscreenCanvas(1, 1).getContext('2d')!;
  pixel.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  pixel.fillRect(0, 0, 1, 1);
  return [...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

hold();
const app = new App(backend);
mount(Window, { target: document.getElementById('app')!, props: { app } });
void app.start().then(async () => {
  // Where hidden windows have no size, nothing is painted before the window is shown.
  if (innerWidth > 0) await painted();
  performance.mark('herold:first-paint');
  await backend.windowReady(pageColor());
  await loadErrorWords();
});
