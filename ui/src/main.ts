import backend from '#backend';
import { mount } from 'svelte';

import { App } from './app/app.svelte';
import { painted } from './app/paint';
import Window from './app/Window.svelte';
import { hold } from './app/window-guard';

hold();
const app = new App(backend);
mount(Window, { target: document.getElementById('app')!, props: { app } });
void app.start().then(async () => {
  await painted();
  performance.mark('herold:first-paint');
  await backend.windowReady();
});
