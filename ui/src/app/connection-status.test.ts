import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Backend } from '../backend';
import type { ConnectionState, OfflineReason } from '../protocol';
import { offlineWords } from '../words/offline-words';
import { App } from './app.svelte';
import AppHost from './AppHost.test.svelte';
import ConnectionStatus from './ConnectionStatus.svelte';
import { setLanguage } from './locale.svelte';

let app: App;
let mounted: ReturnType<typeof mount>;
/** What the person was busy with. */
let writing: HTMLTextAreaElement;
const retryConnection = vi.fn(() => Promise.resolve());

const offline = (reason: OfflineReason = 'unreachable'): ConnectionState => ({ type: 'offline', reason, retryAtMs: Date.now() + 20_000 });
const button = () => document.querySelector<HTMLButtonElement>('[data-testid="try-now"]');
const status = () => document.querySelector('[role="status"]')!.textContent.trim().replace(/\s+/g, ' ');

function become(state: ConnectionState): void {
  app.connection = state;
  flushSync();
}

async function press(): Promise<void> {
  button()!.click();
  await Promise.resolve();
  flushSync();
}

beforeEach(() => {
  setLanguage('de');
  retryConnection.mockReset().mockResolvedValue();
  app = new App({ retryConnection } as unknown as Backend);
  mounted = mount(AppHost, { target: document.body, props: { app, component: ConnectionStatus, props: {} } });
  writing = document.body.appendChild(document.createElement('textarea'));
  become(offline());
});

afterEach(async () => {
  await unmount(mounted);
  document.body.replaceChildren();
});

describe('without a connection', () => {
  test('what happened and what to do is said to everybody', () => {
    const { cause, remedy } = offlineWords.unreachable;
    expect(status()).toBe(`${cause()} ${remedy(null)}`);
    expect(document.querySelector('.words')!.textContent).toContain(remedy(null));
    expect(document.getElementById(button()!.getAttribute('aria-describedby')!)!.getAttribute('role')).toBe('status');
  });

  test('one need not wait for the next attempt', async () => {
    await press();
    expect(retryConnection).toHaveBeenCalledOnce();
    expect(status()).toBe('Verbindung wird aufgebaut.');
    await press();
    expect(retryConnection, 'while it is under way, nothing is asked again').toHaveBeenCalledOnce();

    become(offline());
    expect(status()).toContain(offlineWords.unreachable.cause());
    await press();
    expect(retryConnection).toHaveBeenCalledTimes(2);
  });

  test('an attempt that cannot begin is reported, and can be repeated', async () => {
    retryConnection.mockRejectedValueOnce({ kind: 'signedOut' });
    await press();
    await vi.waitFor(() => expect(status()).toContain(offlineWords.unreachable.cause()));
    expect(app.problems).toHaveLength(1);
    await press();
    expect(retryConnection).toHaveBeenCalledTimes(2);
  });

  test('a server that asked for a pause gets it', () => {
    become(offline('rateLimited'));
    expect(button()).toBeNull();
    expect(status()).toContain('von selbst');
  });

  test('the focus stays on the button until there is a connection, and then returns to what one was busy with', async () => {
    writing.focus();
    button()!.focus();
    await press();
    become(offline());
    expect(document.activeElement).toBe(button());
    become({ type: 'catchingUp' });
    expect(button()).toBeNull();
    expect(document.activeElement).toBe(writing);
  });

  test('a connection that comes by itself moves the focus of nobody', () => {
    const other = document.body.appendChild(document.createElement('button'));
    writing.focus();
    button()!.focus();
    other.focus();
    become({ type: 'online' });
    expect(document.activeElement).toBe(other);
  });
});

test('with a connection there is nothing to press', () => {
  become({ type: 'online' });
  expect(button()).toBeNull();
  expect(status()).toBe('Verbunden.');
});
