import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import { file } from '../fixture/messages';
import TextPreviewDialog from './TextPreviewDialog.svelte';

let mounted: ReturnType<typeof mount> | undefined;

afterEach(async () => {
  if (mounted) await unmount(mounted);
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

test('a text file shows what would turn it, and is copied without', async () => {
  const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
  const app = new App({ fileText: async () => ({ text: '# \u2067admin\u2069\n', truncated: false }) } as Partial<Backend> as Backend);
  mounted = mount(AppHost, { target: document.body, props: { app, component: TextPreviewDialog, props: { attachment: file({ filename: 'a.py' }), conversation: {}, onclose: () => {} } } });
  await new Promise((resolve) => setTimeout(resolve));
  flushSync();
  expect(document.querySelector('pre')!.textContent).toBe('# ⟨U+2067⟩admin⟨U+2069⟩\n');
  document.querySelector<HTMLButtonElement>('[data-testid=copy]')!.click();
  expect(writeText).toHaveBeenCalledWith('# admin\n');
});
