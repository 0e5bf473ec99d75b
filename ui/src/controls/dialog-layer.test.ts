import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import type { Backend } from '../backend';
import DialogHost from './DialogHost.test.svelte';

let app: App;
let mounted: ReturnType<typeof mount> | null = null;
const onclose = vi.fn();

const dialog = () => document.querySelector('dialog')!;
const opener = () => document.getElementById('opener')!;

function open(light = false): void {
  mounted = mount(DialogHost, { target: document.body, props: { app, light, onclose } });
  flushSync();
}

async function close(): Promise<void> {
  if (mounted) await unmount(mounted);
  mounted = null;
}

beforeEach(() => {
  onclose.mockClear();
  app = new App({} as Backend);
  const button = document.createElement('button');
  button.id = 'opener';
  document.body.replaceChildren(button);
  button.focus();
});

afterEach(close);

describe('a dialog', () => {
  test('lies over the window, and gives the focus back when it goes', async () => {
    open();
    expect(dialog().open).toBe(true);
    document.getElementById('within')!.focus();
    await close();
    expect(document.activeElement).toBe(opener());
  });

  test('leaves closing to whoever opened it: they may have a question', () => {
    open();
    const escape = new Event('cancel', { cancelable: true });
    dialog().dispatchEvent(escape);
    expect(escape.defaultPrevented).toBe(true);
    expect(onclose).toHaveBeenCalledOnce();
    expect(dialog().open).toBe(true);
  });

  test('closes with a click beside it only where nothing has to be answered', async () => {
    open();
    dialog().click();
    expect(onclose).not.toHaveBeenCalled();
    await close();
    open(true);
    document.getElementById('within')!.click();
    expect(onclose).not.toHaveBeenCalled();
    dialog().click();
    expect(onclose).toHaveBeenCalledOnce();
  });

  test('shows what went wrong meanwhile: nothing outside of it can be seen', () => {
    open();
    app.report({ kind: 'offline' });
    flushSync();
    expect(dialog().querySelector('[data-testid=problem]')).not.toBeNull();
  });
});
