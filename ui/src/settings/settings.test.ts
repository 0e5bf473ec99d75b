import { flushSync, mount, unmount } from 'svelte';
import { expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import type { Backend } from '../backend';
import type { Account, AppEvent, AppSnapshot, Settings } from '../protocol';
import SettingsDialog from './SettingsDialog.svelte';

const account: Account = { userId: '@sabine:musterstadt.de', deviceId: 'QXWKLMNPRT', displayName: null, avatar: null, homeserver: 'https://matrix.musterstadt.de', verification: 'verified' };

/** A window opens while the profile does, so that it does not know yet where the key lies. */
const snapshot: AppSnapshot = {
  version: '0.1.0',
  session: { type: 'starting' },
  connection: { type: 'connecting' },
  settings: { language: 'de', theme: 'system', roomListWidth: null, roomListFolded: false, emojiTone: 0, recentEmoji: [], linkPreviews: false, singleKeyShortcuts: true },
  managed: [],
  suggestedHomeserver: null,
  demo: null,
  secureStorage: null,
};

/** The dialog of an application that begins with this. */
async function openSettings(begin: AppSnapshot, backend: Partial<Backend> = {}): Promise<{ close: () => Promise<void>; tell: (event: AppEvent) => void }> {
  let tell: (event: AppEvent) => void = () => {};
  const app = new App({
    subscribeApp: (onEvent) => {
      tell = onEvent;
      return Promise.resolve(begin);
    },
    ...backend,
  } as Backend);
  await app.start();
  const mounted = mount(AppHost, { target: document.body, props: { app, component: SettingsDialog, props: { account, onclose: () => {} } } });
  flushSync();
  return { close: () => unmount(mounted), tell: (event) => tell(event) };
}

test('what the organisation decided is named in the words of the reader', async () => {
  const help = { de: 'Sprache der Oberfläche.', en: 'Language of the interface.', fr: 'Langue de l’interface.' };
  const { close, tell } = await openSettings({ ...snapshot, managed: [{ key: 'language', forced: true, help }] });
  const shown = () => document.querySelector('[data-testid="managed-settings"]')!.textContent;
  expect(shown()).toContain('Sprache der Oberfläche.');
  expect(shown()).toContain('Festgelegt');
  tell({ type: 'settings', settings: { ...snapshot.settings, language: 'fr' } });
  flushSync();
  expect(shown()).toContain('Langue de l’interface.');
  await close();
});

test('shortcuts of a single key can be switched off', async () => {
  const stored: Settings[] = [];
  const { close } = await openSettings(snapshot, { updateSettings: (settings) => Promise.resolve(void stored.push(settings)) });
  const box = document.querySelector<HTMLInputElement>('[data-testid="single-key-shortcuts"]')!;
  expect(box.checked).toBe(true);
  box.click();
  await vi.waitFor(() => expect(stored.map((settings) => settings.singleKeyShortcuts)).toEqual([false]));
  await close();
});

test('the settings say where the key lies, also where that was decided after the window opened', async () => {
  const { close, tell } = await openSettings(snapshot);
  const shown = () => document.querySelector('[data-testid="secure-storage"]')?.textContent;
  expect(shown()).toBeUndefined();

  tell({ type: 'secureStorage', storage: 'keyring' });
  flushSync();
  expect(shown()).toContain('Schlüsselbund');
  tell({ type: 'secureStorage', storage: 'keyFile' });
  flushSync();
  expect(shown()).toContain('Passphrase');
  await close();
});
