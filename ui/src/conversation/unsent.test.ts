import { expect, test } from 'vitest';

import type { App } from '../app/app.svelte';
import type { Backend } from '../backend';
import { PollForm } from '../poll/poll-form.svelte';
import type { Draft as StoredDraft } from '../protocol';
import { Conversation, Conversations } from './conversation.svelte';
import { EverythingUnsent } from './unsent.svelte';

const edit: StoredDraft = { text: 'alt', mentions: [], replyTo: null, edits: '$eins' };

function conversations(more: Partial<Backend> = {}): Conversations {
  const backend = {
    subscribeTimeline: async () => 0,
    subscribeRoom: async () => 0,
    unsubscribe: async () => {},
    loadDraft: async (): Promise<StoredDraft | null> => null,
    saveDraft: async () => {},
    ...more,
  } as unknown as Backend;
  return new Conversations({ backend, unsent: new EverythingUnsent(backend) } as unknown as App, () => {});
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const written = ({ draft, unsent }: Conversation) => [draft.text, draft.edits, unsent.pollForms.get('')?.question];
const nothing = ['', null, undefined];

async function write(conversation: Conversation): Promise<void> {
  await settled();
  conversation.draft.edit('angefangen');
  conversation.draft.beginEdit(edit);
  conversation.draft.edit('neu');
  const form = new PollForm(null);
  form.question = 'Wann?';
  conversation.unsent.pollForms.set('', form);
}

test('an edit and a poll being written are there again when a thread is opened again', async () => {
  const room = conversations().get('!raum:musterstadt.de');
  const open = (root: string) => new Conversation(room.app, room.roomId, () => {}, root, room);
  const thread = open('$frage');
  await write(thread);
  thread.close();
  await settled();
  expect([written(open('$andere')), written(room)]).toEqual([nothing, nothing]);
  const again = open('$frage');
  expect(written(again)).toEqual(['neu', '$eins', 'Wann?']);
  again.draft.endEdit();
  expect(again.draft.text).toBe('angefangen');
});

test('and in a room also after many others were looked at, until it is left for good', async () => {
  const rooms = conversations();
  const first = rooms.get('!raum:musterstadt.de');
  await write(first);
  for (let other = 0; other < 20; other += 1) rooms.get(`!${other}:musterstadt.de`);
  await settled();
  const again = rooms.get('!raum:musterstadt.de');
  expect(again).not.toBe(first);
  expect(written(again)).toEqual(['neu', '$eins', 'Wann?']);
  rooms.forget('!raum:musterstadt.de');
  expect(written(rooms.get('!raum:musterstadt.de'))).toEqual(nothing);
});

test('all of it is there when the password was entered again, and is stored then', async () => {
  const stored = new Map<string, StoredDraft | null>();
  let signedIn = true;
  const orRefused = async <T>(answer: () => T): Promise<T> => {
    if (!signedIn) throw { kind: 'signedOut', reason: null };
    return answer();
  };
  const rooms = conversations({
    loadDraft: ({ roomId }) => orRefused(() => stored.get(roomId) ?? null),
    saveDraft: ({ roomId }, draft) => orRefused(() => void stored.set(roomId, draft)),
  });
  stored.set('!gelesen:musterstadt.de', { ...edit, edits: null });
  const { unsent } = rooms.app;
  const first = rooms.get('!raum:musterstadt.de');
  await write(first);
  await first.draft.save();
  first.draft.edit('neuer');
  signedIn = false;
  const unread = rooms.get('!gelesen:musterstadt.de');
  rooms.close();
  unsent.pause();
  await settled();
  expect(unread.draft.text).toBe('');

  signedIn = true;
  unsent.resume();
  await settled();
  const after = new Conversations(rooms.app, () => {});
  const again = after.get('!raum:musterstadt.de');
  expect([...written(again), again.draft.error]).toEqual(['neuer', '$eins', 'Wann?', null]);
  expect(after.get('!gelesen:musterstadt.de').draft.text).toBe('alt');
  expect(stored.get('!raum:musterstadt.de')?.text).toBe('angefangen');
  unsent.close();
  expect(written(after.get('!neu:musterstadt.de'))).toEqual(nothing);
});
