import { mount, unmount } from 'svelte';
import { expect, test, vi } from 'vitest';

import { App } from '../../app/app.svelte';
import { setLanguage } from '../../app/locale.svelte';
import type { Backend } from '../../backend';
import { incoming } from '../../fixture/messages';
import { m } from '../../paraglide/messages';
import type { Revision } from '../../protocol';
import EditHistoryDialogHost from './EditHistoryDialogHost.test.svelte';
import type { MessageActions } from './message-actions.svelte';

test('an edit that cannot be read has its place, and the one before it is not called current', async () => {
  setLanguage('de');
  const { id, content } = incoming('Um neun.');
  if (content.type !== 'message') throw new Error('not a message');
  const revisions: Revision[] = [
    { timestampMs: 1, blocks: [] },
    { timestampMs: 2, blocks: null },
  ];
  const app = new App({ editHistory: async () => revisions } as unknown as Backend);
  const conversation = { app, roomId: '!raum:musterstadt.de' };
  const actions = { conversation } as unknown as MessageActions;
  const mounted = mount(EditHistoryDialogHost, { target: document.body, props: { target: { rowId: id, message: content }, actions, onclose: vi.fn() } });
  await vi.waitFor(() => expect(document.querySelectorAll('[data-testid=revision]')).toHaveLength(2));
  const [first, last] = document.querySelectorAll('[data-testid=revision]');
  expect(first!.textContent).toContain(m.history_first());
  expect(last!.textContent).toContain(m.history_current());
  expect(last!.textContent).toContain(m.preview_undecryptable());
  await unmount(mounted);
});
