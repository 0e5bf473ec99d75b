import { expect, test, vi } from 'vitest';

import { setLanguage } from '../../app/locale.svelte';
import type { Conversation } from '../../conversation/conversation.svelte';
import { keller, message, paragraph } from '../../fixture/messages';
import { m } from '../../paraglide/messages';
import { shortDateTime } from '../../words/format';
import { copyLater } from './clipboard';
import type { MessageActions } from './message-actions.svelte';
import { perform } from './perform';

vi.mock('./clipboard', () => ({ copyLater: vi.fn(async (text: string | Promise<string>) => Boolean(await text)) }));

test('a quotation is copied with who said it and when, and the draft stays as it is', async () => {
  setLanguage('de');
  const at = new Date(2026, 10, 23, 9, 5).getTime();
  const { id, content } = message({ ...keller, nameAmbiguous: true }, at, { type: 'text', blocks: [paragraph('Um neun.')] });
  if (content.type !== 'message') throw new Error('not a message');
  const draft = { edit: vi.fn() };
  const tell = vi.fn();
  const app = { backend: { messageSource: async () => ({ text: 'Um **neun**.\n\nIm Saal.', mentions: [], replyTo: null, edits: null }) } };
  const actions = { conversation: { app, draft, id: { roomId: '!raum:musterstadt.de', thread: null } } as unknown as Conversation, tell } as unknown as MessageActions;
  await perform(actions, 'quote', { rowId: id, message: content });
  expect(await vi.mocked(copyLater).mock.calls[0]![0]).toBe(`> Jonas Keller (${keller.id}), ${shortDateTime(at)}:\n> Um **neun**.\n>\n> Im Saal.`);
  expect(tell).toHaveBeenCalledExactlyOnceWith(m.copied_quote());
  expect(draft.edit).not.toHaveBeenCalled();
});
