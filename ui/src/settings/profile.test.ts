// A person's own name and picture in the settings.

import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import { setLanguage } from '../app/locale.svelte';
import type { Backend } from '../backend';
import { m } from '../paraglide/messages';
import type { Account, StagedFile, WireError } from '../protocol';
import { loadErrorWords, wordError } from '../words/errors.svelte';
import { countCharacters } from './own-profile.svelte';
import SettingsDialog from './SettingsDialog.svelte';

const account: Account = { userId: '@sabine:musterstadt.de', deviceId: 'QXWKLMNPRT', displayName: 'Sabine Vogt', avatar: 'old', homeserver: 'https://matrix.musterstadt.de', verification: 'verified' };
const portrait: StagedFile = { id: 'staged', filename: 'Sabine.png', size: 1, mimeType: 'image/png', kind: 'image', picture: { full: 'small', thumbnail: null, width: 8, height: 8, blurhash: null }, recording: null, metadata: 'none', problem: null };

const profilePermissions = vi.fn<Backend['profilePermissions']>();
const setDisplayName = vi.fn<Backend['setDisplayName']>();
const setPicture = vi.fn<Backend['setPicture']>();
const pickPicture = vi.fn<Backend['pickPicture']>();
const discardStaged = vi.fn<Backend['discardStaged']>();
const onclose = vi.fn();

let app: App;
let mounted: ReturnType<typeof mount>;

const part = <E extends HTMLElement = HTMLButtonElement>(name: string) => document.querySelector<E>(`[data-testid="${name}"]`)!;
const field = () => part<HTMLInputElement>('name-input');
const failure = () => part('profile-failed')?.textContent;
const status = () => part('profile-status').textContent;
const picture = () => document.querySelector('img')?.getAttribute('src');

beforeAll(loadErrorWords);

beforeEach(() => {
  setLanguage('de');
  for (const command of [setDisplayName, setPicture, discardStaged]) command.mockReset().mockResolvedValue();
  profilePermissions.mockReset().mockResolvedValue({ name: true, picture: true });
  pickPicture.mockReset().mockResolvedValue(portrait);
  onclose.mockReset();
  app = new App({ profilePermissions, setDisplayName, setPicture, pickPicture, discardStaged, mediaUrl: (token: string) => token } as Partial<Backend> as Backend);
  app.connection = { type: 'online' };
});

afterEach(() => unmount(mounted));

/** The settings, once the server has answered. */
async function open(): Promise<void> {
  mounted = mount(AppHost, { target: document.body, props: { app, component: SettingsDialog, props: { account, onclose } } });
  await settle();
}

const settle = async () => {
  await new Promise((resolve) => setTimeout(resolve));
  flushSync();
};

function press(name: string): Promise<void> {
  part(name).click();
  return settle();
}

async function type(name: string): Promise<void> {
  await press('change-name');
  field().value = name;
  field().dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

test('a name is changed in a field that begins with it, and the focus comes back', async () => {
  await open();
  await press('change-name');
  expect(field().value).toBe('Sabine Vogt');
  expect(document.activeElement).toBe(field());
  expect([field().selectionStart, field().selectionEnd]).toEqual([0, 11]);
  await press('save-name');
  expect(setDisplayName).toHaveBeenCalledWith('Sabine Vogt');
  expect(field()).toBeNull();
  expect(status()).toBe(m.name_saved());
  expect(document.activeElement).toBe(part('change-name'));
});

test('Escape leaves the field and not the settings', async () => {
  await open();
  await type('Sabine K');
  const escape = new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true });
  field().dispatchEvent(escape);
  await settle();
  expect(escape.defaultPrevented).toBe(true);
  expect(field()).toBeNull();
  expect(document.activeElement).toBe(part('change-name'));
  expect(setDisplayName).not.toHaveBeenCalled();
  expect(onclose).not.toHaveBeenCalled();
});

test('a name that was not saved stays in the field, with the cause', async () => {
  const error: WireError = { kind: 'offline', reason: 'serverUnreachable' };
  setDisplayName.mockRejectedValue(error);
  await open();
  await type('Sabine Krüger');
  await press('save-name');
  expect(failure()).toBe(m.name_not_saved({ cause: wordError(error) }));
  expect(field().value).toBe('Sabine Krüger');
  setDisplayName.mockResolvedValue();
  await press('save-name');
  expect(failure()).toBeUndefined();
  expect(status()).toBe(m.name_saved());
});

test('characters are counted as people count them', async () => {
  expect(countCharacters('Zoë')).toBe(3);
  expect(countCharacters('Zoe\u0308👩‍👩‍👧‍👦🇩🇪')).toBe(5);
  await open();
  await type('👩‍👩‍👧‍👦'.repeat(100));
  expect(field().getAttribute('aria-invalid')).toBe('false');
  field().value += 'x';
  field().dispatchEvent(new Event('input', { bubbles: true }));
  await press('save-name');
  expect(field().getAttribute('aria-invalid')).toBe('true');
  expect(setDisplayName).not.toHaveBeenCalled();
});

test('a picture is chosen, shown while it is saved, and removed', async () => {
  let saved = () => {};
  setPicture.mockReturnValue(new Promise((resolve) => (saved = resolve)));
  await open();
  expect(picture()).toBe('old');
  await press('change-picture');
  expect(picture()).toBe('small');
  expect(status()).toBe(m.picture_saving());
  saved();
  await settle();
  expect(setPicture).toHaveBeenLastCalledWith('staged');
  expect(status()).toBe(m.picture_saved());

  setPicture.mockResolvedValue();
  await press('remove-picture');
  expect(setPicture).toHaveBeenLastCalledWith(null);
  expect(status()).toBe(m.picture_removed());
});

test('who thinks better of a picture changes nothing', async () => {
  pickPicture.mockResolvedValue(null);
  await open();
  await press('change-picture');
  expect(setPicture).not.toHaveBeenCalled();
  expect(status()).toBe('');
});

test('a picture that could not be saved is tried again without choosing it once more', async () => {
  setPicture.mockRejectedValueOnce({ kind: 'timeout' } satisfies WireError);
  await open();
  await press('change-picture');
  expect(picture()).toBe('small');
  expect(discardStaged).not.toHaveBeenCalled();
  await press('retry-picture');
  expect(setPicture.mock.calls).toEqual([['staged'], ['staged']]);
  expect(pickPicture).toHaveBeenCalledOnce();
  expect(document.activeElement).toBe(part('change-picture'));
  expect(status()).toBe(m.picture_saved());
});

test('what is no picture is not tried again', async () => {
  setPicture.mockRejectedValueOnce({ kind: 'invalid', reason: 'notAPicture' } satisfies WireError);
  await open();
  await press('change-picture');
  expect(failure()).toContain('PNG');
  expect(part('retry-picture')).toBeNull();
  expect(picture()).toBe('old');
  expect(discardStaged).toHaveBeenCalledWith(['staged']);
});

test('what the server forbids is not offered, and the settings say who manages it', async () => {
  profilePermissions.mockResolvedValue({ name: false, picture: true });
  await open();
  expect(part('change-name')).toBeNull();
  expect(part('change-picture').disabled).toBe(false);
  expect(part('profile-managed').textContent).toBe(m.name_managed());
});

test('without a connection, name and picture are shown, and it is said that changing them needs one', async () => {
  app.connection = { type: 'offline', reason: 'unreachable', retryAtMs: null };
  await open();
  expect(part('own-name').textContent).toBe('Sabine Vogt');
  expect(part('change-name').disabled).toBe(true);
  expect(part('profile-unknown').textContent).toBe(m.profile_needs_connection());
  expect(profilePermissions).not.toHaveBeenCalled();

  app.connection = { type: 'online' };
  await settle();
  expect(part('change-name').disabled).toBe(false);
  expect(part('profile-unknown')).toBeNull();
});
