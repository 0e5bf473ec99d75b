// What a person reads and can do where there is no session to show.

import { flushSync, mount, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import AppHost from '../app/AppHost.test.svelte';
import { setLanguage } from '../app/locale.svelte';
import type { Backend } from '../backend';
import { m } from '../paraglide/messages';
import type { Account, ErrorReason, StartupRemedy, WireError } from '../protocol';
import { wordError } from '../words/errors.svelte';
import BlockedScreen from './BlockedScreen.svelte';
import PasswordScreen from './PasswordScreen.svelte';

const resolveStartup = vi.fn<Backend['resolveStartup']>();
const enterPassword = vi.fn<Backend['enterPassword']>();
const signOut = vi.fn<Backend['signOut']>();
const unsentCount = vi.fn<Backend['unsentCount']>();
const account: Account = { userId: '@sabine:musterstadt.de', deviceId: 'QXWKLMNPRT', displayName: 'Sabine Vogt', avatar: null, homeserver: 'https://matrix.musterstadt.de', verification: 'verified' };

let app: App;
let mounted: ReturnType<typeof mount>;

const part = <E extends HTMLElement = HTMLButtonElement>(name: string) => document.querySelector<E>(`[data-testid="${name}"]`)!;
const remediesShown = () => [...document.querySelectorAll<HTMLElement>('[data-testid^="remedy-"]')].map((button) => button.dataset['testid']!.replace('remedy-', ''));
const alert = () => document.querySelector('[role="alert"]')!.textContent;
const focused = () => (document.activeElement as HTMLElement).dataset['testid'];

function show(component: Component<any>, props: object): void {
  mounted = mount(AppHost, { target: document.body, props: { app, component, props } });
  flushSync();
}

const blocked = (reason: ErrorReason, remedies: StartupRemedy[], more: Partial<WireError> = {}) =>
  show(BlockedScreen, { error: { kind: 'storage', reason, ...more }, remedies });

/** Until what was pressed has been answered. */
const answered = () =>
  vi.waitFor(() => {
    flushSync();
    expect(document.querySelector('[aria-disabled="true"]')).toBeNull();
  });

function press(name: string): Promise<void> {
  part(name).focus();
  part(name).click();
  return answered();
}

function type(name: string, text: string): void {
  const field = part<HTMLInputElement>(name);
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

beforeEach(() => {
  setLanguage('de');
  for (const command of [resolveStartup, enterPassword, signOut]) command.mockReset().mockResolvedValue();
  unsentCount.mockReset().mockRejectedValue({ kind: 'signedOut' });
  app = new App({ resolveStartup, enterPassword, signOut, unsentCount } as Partial<Backend> as Backend);
});

afterEach(async () => {
  await unmount(mounted);
  document.body.replaceChildren();
});

describe('a profile that does not open', () => {
  // As the core offers them (`remedies` in `crates/core/src/app/transitions.rs`).
  test.each<[ErrorReason, StartupRemedy[]]>([
    ['keyringMissing', ['createKeyFile', 'retry']],
    ['keyringFailed', ['retry']],
    ['keyringLocked', ['retry']],
    ['keyringNeeded', ['retry', 'setAside']],
    ['keyMissing', ['retry', 'setAside']],
    ['storeUnreadable', ['retry', 'setAside']],
    ['storeNewer', ['setAside']],
    ['profileInUse', ['retry']],
    ['diskFull', ['retry']],
    ['passphraseNeeded', ['unlockKeyFile', 'setAside']],
  ])('because of %s says so, and offers what helps and nothing else', (reason, remedies) => {
    blocked(reason, remedies);
    expect(alert()).toContain(wordError({ kind: 'storage', reason }));
    expect(remediesShown()).toEqual(remedies);
  });

  test('has its technical detail at hand', () => {
    blocked('storeUnreadable', ['retry'], { detail: 'sqlite: code 26' });
    expect(document.querySelector('details')!.textContent).toContain('sqlite: code 26');
  });

  test('can be tried again, once at a time', async () => {
    let answer = () => {};
    resolveStartup.mockReturnValue(new Promise<void>((resolve) => (answer = resolve)));
    blocked('keyringLocked', ['retry']);
    part('remedy-retry').click();
    flushSync();
    part('remedy-retry').click();
    expect(resolveStartup.mock.calls).toEqual([['retry', null]]);
    answer();
    await answered();
    await press('remedy-retry');
    expect(resolveStartup).toHaveBeenCalledTimes(2);
  });

  test('says what came of another attempt', async () => {
    resolveStartup.mockRejectedValue({ kind: 'storage', reason: 'notWritable' });
    blocked('keyringLocked', ['retry']);
    await press('remedy-retry');
    expect(alert()).toContain(wordError({ kind: 'storage', reason: 'notWritable' }));
  });

  test('is set aside only after a question, and the harmless answer has the focus', async () => {
    blocked('storeUnreadable', ['retry', 'setAside']);
    await press('remedy-setAside');
    expect(resolveStartup).not.toHaveBeenCalled();
    await vi.waitFor(() => expect(document.activeElement!.textContent).toBe(m.cancel()));
    (document.activeElement as HTMLButtonElement).click();
    await vi.waitFor(() => expect(focused()).toBe('remedy-setAside'));
    expect(resolveStartup).not.toHaveBeenCalled();

    await press('remedy-setAside');
    await press('confirm-set-aside');
    expect(resolveStartup.mock.calls).toEqual([['setAside', null]]);
  });

  test.each<[StartupRemedy, ErrorReason, ErrorReason]>([
    ['createKeyFile', 'keyringMissing', 'passphraseTooShort'],
    ['unlockKeyFile', 'passphraseNeeded', 'wrongPassphrase'],
  ])('goes on with a passphrase (%s); one that is refused can be mended', async (remedy, reason, refused) => {
    resolveStartup.mockRejectedValueOnce({ kind: 'invalid', reason: refused });
    blocked(reason, [remedy]);
    expect(part(`remedy-${remedy}`).disabled).toBe(true);
    type('passphrase-input', 'geheim');
    await press(`remedy-${remedy}`);
    expect(resolveStartup.mock.calls).toEqual([[remedy, 'geheim']]);
    expect(alert()).toContain(wordError({ kind: 'invalid', reason: refused }));

    const field = part<HTMLInputElement>('passphrase-input');
    await vi.waitFor(() => expect(document.activeElement).toBe(field));
    expect(field.value).toBe('geheim');
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const described = field.getAttribute('aria-describedby')!.split(' ').map((id) => document.getElementById(id)!.textContent);
    expect(described).toContain(wordError({ kind: 'invalid', reason: refused }));

    type('passphrase-input', 'lange genug und richtig');
    await press(`remedy-${remedy}`);
    expect(resolveStartup).toHaveBeenLastCalledWith(remedy, 'lange genug und richtig');
    expect(field.getAttribute('aria-invalid')).toBe('false');
  });
});

describe('a session that the server ended softly', () => {
  beforeEach(() => show(PasswordScreen, { account }));

  test('says whose password is needed, and that everything stays', () => {
    expect(document.querySelector('h1')!.textContent).toBe(m.password_needed_title());
    expect(document.body.textContent).toContain(m.password_needed_text());
    expect(document.body.textContent).toContain('@sabine:musterstadt.de');
    expect(focused()).toBe('password-input');
  });

  test('goes on with the password; a wrong one is said', async () => {
    enterPassword.mockRejectedValueOnce({ kind: 'forbidden', reason: 'wrongCredentials' });
    await press('sign-in');
    expect(enterPassword, 'nothing was typed').not.toHaveBeenCalled();
    type('password-input', 'falsch');
    await press('sign-in');
    expect(alert()).toContain(wordError({ kind: 'forbidden', reason: 'wrongCredentials' }));
    expect(focused()).toBe('password-input');

    type('password-input', 'richtig');
    await press('sign-in');
    expect(enterPassword.mock.calls).toEqual([['falsch'], ['richtig']]);
    expect(document.querySelector('[data-testid="sign-in-error"]')).toBeNull();
  });

  test('can be ended for good, after a question', async () => {
    await press('sign-out');
    expect(signOut).not.toHaveBeenCalled();
    expect(part<HTMLElement>('sign-out-question').textContent).toContain(m.sign_out_deletes());
    await press('confirm-sign-out');
    expect(signOut).toHaveBeenCalledOnce();
  });

  test('says how much would be lost with it, where that is known', async () => {
    await press('sign-out');
    await answered();
    expect(part<HTMLElement>('sign-out-unsent').hidden).toBe(true);
    part<HTMLElement>('sign-out-question').querySelector('button')!.click();
    await answered();
    unsentCount.mockResolvedValue(3);
    await press('sign-out');
    await vi.waitFor(() => {
      flushSync();
      expect(part<HTMLElement>('sign-out-unsent').hidden).toBe(false);
    });
    expect(part<HTMLElement>('sign-out-unsent').textContent).toContain(m.sign_out_unsent({ count: 3, shown: '3' }));
  });
});
