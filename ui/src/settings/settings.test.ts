import { flushSync, mount, unmount } from 'svelte';
import { expect, test } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import type { Account, AppEvent, AppSnapshot } from '../protocol';
import SettingsDialog from './SettingsDialog.svelte';

const account: Account = { userId: '@sabine:musterstadt.de', deviceId: 'QXWKLMNPRT', displayName: null, avatar: null, homeserver: 'https://matrix.musterstadt.de', verification: 'verified' };

/** A window opens while the profile does, so that it does not know yet where the key lies. */
const snapshot: AppSnapshot = {
  version: '0.1.0',
  session: { type: 'starting' },
  connection: { type: 'connecting' },
  settings: { language: 'de', theme: 'system', roomListWidth: null, emojiTone: 0, recentEmoji: [], linkPreviews: false },
  managed: [],
  suggestedHomeserver: null,
  demo: null,
  secureStorage: null,
};

test('the settings say where the key lies, also where that was decided after the window opened', async () => {
  let tell: (event: AppEvent) => void = () => {};
  const backend: Partial<Backend> = {
    subscribeApp: (onEvent) => {
      tell = onEvent;
      return Promise.resolve(snapshot);
    },
  };
  const app = new App(backend as Backend);
  await app.start();
  const mounted = mount(AppHost, { target: document.body, props: { app, component: SettingsDialog, props: { account, onclose: () => {} } } });
  const shown = () => document.querySelector('[data-testid="secure-storage"]')?.textContent;
  flushSync();
  expect(shown()).toBeUndefined();

  tell({ type: 'secureStorage', storage: 'keyring' });
  flushSync();
  expect(shown()).toContain('Schlüsselbund');
  tell({ type: 'secureStorage', storage: 'keyFile' });
  flushSync();
  expect(shown()).toContain('Passphrase');
  await unmount(mounted);
});
