// What did not come without a connection is asked for again with it.

import { untrack } from 'svelte';

import type { App } from '../app/app.svelte';

/** Runs each time the connection is there, for as long as a component or an attachment is. */
export function onReconnect(app: App, retry: () => void): void {
  const connected = $derived(app.connection.type === 'online' || app.connection.type === 'catchingUp');
  $effect(() => {
    if (connected) untrack(retry);
  });
}
