import { beforeEach, describe, expect, test, vi } from 'vitest';

import type { Backend } from '../../backend';
import { file, message, paragraph, self } from '../../fixture/messages';
import { m } from '../../paraglide/messages';
import type { ConversationId, Draft as StoredDraft, OutgoingText, ReplyPreview, RoomDetails, TextMention, TimelineRow, WireError } from '../../protocol';
import { othersIn, type Conversation } from '../conversation.svelte';
import { Draft } from '../draft.svelte';
import { Unsent } from '../unsent.svelte';
import { UndoWindow } from './undo.svelte';
import { Writing } from './writing.svelte';

const id: ConversationId = { roomId: '!raum:musterstadt.de', thread: null };
const question: ReplyPreview = { eventId: '$frage', sender: null, content: null, loading: false };
const anna: TextMention = { label: '@Anna', target: { type: 'person', userId: '@anna:musterstadt.de' } };
const everyone: TextMention = { label: '@room', target: { type: 'everyone' } };

const backend = {
  keptRecording: async () => null,
  setTyping: async () => {},
  loadDraft: async (): Promise<StoredDraft | null> => null,
  saveDraft: async () => {},
  messageSource: async (_conversation: ConversationId, message: string) => ({ text: message === '$bild' ? 'Der neue Plan' : 'Um acht.', mentions: [], replyTo: null }),
  sendMessage: vi.fn(async (_conversation: ConversationId, _request: string, _message: OutgoingText) => {}),
  sendTextAsFile: vi.fn(async (_conversation: ConversationId, _request: string, _filename: string, _message: OutgoingText) => {}),
};

/** As what an encrypted room does not take, although it would fit into an event. */
const refusal: WireError = { kind: 'tooLarge', reason: 'messageTooLong' };
const long = 'ä'.repeat(15_000);

const own = message(self, 0, { type: 'text', blocks: [] });
const attachment = file({ kind: 'image', filename: 'Plan.png' });
const picture = (words: string | null) => message(self, 1, { type: 'attachment', attachment, caption: words === null ? null : [paragraph(words)] }, { eventId: '$bild', editable: true });
let rows: TimelineRow[];

let draft: Draft;
let writing: Writing;
let conversation: Conversation;

beforeEach(() => {
  vi.clearAllMocks();
  backend.sendMessage.mockImplementation(async () => {});
  rows = [own];
  draft = new Draft(backend, id);
  const app = { backend, attempt: (work: Promise<unknown>) => work, succeeds: (work: Promise<void>) => work.then(() => true, () => false) };
  const undo = new UndoWindow();
  conversation = { app, draft, id, roomId: id.roomId, notice: null, timeline: { rows }, latest: { rows }, unsent: new Unsent(backend as unknown as Backend, id), undo, send: (_what: string, _request: string, sending: Promise<void>) => sending, message: (eventId: string) => rows.map(({ content }) => content).find((content) => content.type === 'message' && content.eventId === eventId), jumpToLatest: () => {} } as unknown as Conversation;
  writing = new Writing(conversation);
});

const settled = () => new Promise((resolve) => setTimeout(resolve));

/** What a person writes, with what it answers. */
function write(text: string, mentions: readonly TextMention[] = []): void {
  draft.edit(text);
  for (const mention of mentions) draft.mention(mention);
  draft.answer(question);
  writing.changed(draft.text);
}

describe('a text that the core finds too long', () => {
  beforeEach(async () => {
    await settled();
    backend.sendMessage.mockRejectedValueOnce(refusal);
    write(`${long} @Anna`, [anna]);
    expect(writing.tooLong).toBe(false);
    expect(writing.send()).toBe(true);
    await settled();
  });

  test('is there again, and can be sent as a file', () => {
    expect([draft.text, draft.replyTo, draft.mentions]).toEqual([`${long} @Anna`, question, [anna]]);
    expect(writing.tooLong).toBe(true);
    expect(writing.send()).toBe(false);
    expect(backend.sendMessage).toHaveBeenCalledOnce();
  });

  test('is tried again once it was changed', async () => {
    draft.edit(long);
    writing.changed(draft.text);
    expect([writing.tooLong, draft.error]).toEqual([false, null]);
    expect(writing.send()).toBe(true);
    await settled();
    expect([draft.text, draft.replyTo]).toEqual(['', null]);
  });

  test('answers and addresses as a file, too, and leaves nothing behind', async () => {
    await writing.sendAsFile();
    const message: OutgoingText = { text: `${long} @Anna`, mentions: [anna], replyTo: '$frage', edits: null };
    expect(backend.sendTextAsFile).toHaveBeenCalledExactlyOnceWith(id, expect.any(String), expect.stringMatching(/\.txt$/), message);
    expect([draft.text, draft.replyTo, draft.mentions, draft.error]).toEqual(['', null, [], null]);
    expect(writing.tooLong).toBe(false);
  });

  test('stays where it is when the file is not taken either', async () => {
    backend.sendTextAsFile.mockRejectedValueOnce({ kind: 'storage' } satisfies WireError);
    await writing.sendAsFile();
    expect([draft.text, draft.replyTo, writing.tooLong]).toEqual([`${long} @Anna`, question, true]);
  });
});

test('what is changed, sent or left is said: the focus stays where it is', async () => {
  await settled();
  await writing.editLast();
  expect([draft.text, writing.said]).toEqual(['Um acht.', m.editing_message()]);
  writing.stepBack();
  expect([draft.text, writing.said, conversation.notice]).toEqual(['', m.edit_ended(), null]);
  await writing.editLast();
  draft.edit('Um zehn.');
  writing.stepBack();
  expect([draft.text, writing.said, conversation.notice]).toEqual(['', '', m.edit_kept()]);
  draft.answer(question);
  writing.stepBack();
  expect([draft.replyTo, writing.said]).toEqual([null, m.reply_ended()]);
  await writing.editLast();
  draft.edit('Um neun.');
  writing.send();
  expect([writing.said, conversation.notice]).toEqual(['', null]);
  await settled();
  expect([writing.said, writing.undo.open]).toEqual([m.edit_sent(), false]);
});

test('what is said with a file can be taken back, but a text cannot become nothing', async () => {
  await settled();
  rows.push(picture('Der neue Plan'));
  await writing.editLast();
  expect([draft.edits, writing.editsCaption]).toEqual(['$bild', true]);
  draft.edit(' ');
  expect([writing.sendable, writing.send()]).toEqual([true, true]);
  await settled();
  expect(backend.sendMessage).toHaveBeenCalledExactlyOnceWith(id, expect.any(String), { text: '', mentions: [], replyTo: null, edits: '$bild' });

  rows.splice(0, 2, own);
  await writing.editLast();
  draft.edit('');
  expect([writing.sendable, writing.send()]).toEqual([false, false]);
});

test('where nothing was said with a file, nothing is not sent either', async () => {
  await settled();
  rows.push(picture(null));
  await writing.editLast();
  draft.edit('');
  expect([writing.editsCaption, writing.send()]).toEqual([true, false]);
  draft.edit('Der Plan');
  expect(writing.send()).toBe(true);
});

test('the arrow key passes over what has no words to change', async () => {
  await settled();
  const poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [], voters: 0, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' as const };
  rows.push(message(self, 2, { type: 'poll', poll }, { editable: true }));
  await writing.editLast();
  expect(draft.edits).toBe(own.content.type === 'message' && own.content.eventId);
});

test('the arrow key changes the last message also while it is on its way', async () => {
  await settled();
  const waiting = message(self, 2, { type: 'text', blocks: [] }, { eventId: null, editable: true });
  rows.push(waiting);
  await writing.editLast();
  expect([draft.edits, draft.text]).toEqual([waiting.id, 'Um acht.']);
  draft.edit('Um neun.');
  writing.send();
  await settled();
  expect(backend.sendMessage).toHaveBeenCalledExactlyOnceWith(id, expect.any(String), { text: 'Um neun.', mentions: [], replyTo: null, edits: waiting.id });
});

test('the arrow key changes no older message while the files of the last are on their way', async () => {
  await settled();
  rows.push(message(self, 2, { type: 'gallery', items: [], caption: null }, { eventId: null, editable: true }));
  await writing.editLast();
  expect([draft.edits, conversation.notice]).toEqual([null, m.edit_not_sent()]);
});

test('a file calls everybody only after a question', async () => {
  await settled();
  write(`@room ${'x'.repeat(70_000)}`, [everyone]);
  await writing.sendAsFile();
  expect([writing.asksEveryone, backend.sendTextAsFile.mock.calls.length]).toEqual([true, 0]);
  await writing.sendAsFile(true);
  expect([writing.asksEveryone, backend.sendTextAsFile.mock.calls.length]).toEqual([false, 1]);
});

test('"@room" reaches everybody but oneself', () => {
  const others = (memberCount: number | null) => othersIn(memberCount === null ? null : ({ memberCount } as RoomDetails));
  expect([12, 1, null].map(others)).toEqual([11, 0, 0]);
});

test('a message that an edit leaves as it was is not sent again', async () => {
  await settled();
  await writing.editLast();
  expect(writing.send()).toBe(true);
  await settled();
  expect([backend.sendMessage.mock.calls.length, draft.edits, draft.text, writing.said]).toEqual([0, null, '', m.edit_ended()]);
});

test('an edit that addresses nobody any more is one', async () => {
  await settled();
  draft.beginEdit({ text: 'Hallo @Anna', mentions: [anna], replyTo: null, edits: '$eins' });
  draft.forget(anna);
  writing.send();
  await settled();
  expect(backend.sendMessage.mock.calls[0]?.[2]).toEqual({ text: 'Hallo @Anna', mentions: [], replyTo: null, edits: '$eins' });
});

test('the arrow key changes the latest message also while older ones are on screen', async () => {
  await settled();
  const old = message(self, 9, { type: 'text', blocks: [] }, { eventId: '$alt', editable: true });
  Object.assign(conversation, { timeline: { rows: [old] } });
  await writing.editLast();
  expect(draft.edits).toBe(own.content.type === 'message' && own.content.eventId);
});

describe('"@room" that is typed', () => {
  const permit = (notifyRoom: boolean) => Object.assign(conversation, { details: { permissions: { notifyRoom }, memberCount: 3 } });
  beforeEach(async () => {
    await settled();
    permit(true);
  });

  test('calls everybody after a question, as one that was chosen does', async () => {
    draft.edit('@room: bitte lesen');
    expect([writing.send(), writing.asksEveryone]).toEqual([false, true]);
    writing.send(true);
    await settled();
    expect(backend.sendMessage.mock.calls[0]?.[2].mentions).toEqual([everyone]);
  });

  test('is a word like others where it is not permitted, and once its mention was taken out', async () => {
    permit(false);
    draft.edit('@room bitte');
    expect(writing.send()).toBe(true);
    permit(true);
    draft.edit('@room bitte');
    writing.send();
    writing.forget(draft.mentions[0]!);
    expect(writing.send()).toBe(true);
    await settled();
    expect(backend.sendMessage.mock.calls.map((call) => call[2].mentions)).toEqual([[], []]);
  });

  test('stays a word with files that were attached during an edit', async () => {
    const caption = new Draft(backend, id);
    await settled();
    draft.beginEdit({ text: 'Um acht.', mentions: [], replyTo: null, edits: '$eins' });
    caption.edit('@room bitte');
    writing.callEveryone(caption);
    writing.forget(caption.mentions[0]!, caption);
    writing.callEveryone(caption);
    expect(caption.mentions).toEqual([]);
    draft.edit('Wichtig, @room');
    writing.send();
    expect([writing.asksEveryone, draft.mentions]).toEqual([true, [everyone]]);
  });

  test('in an edit, only where it is new', async () => {
    draft.beginEdit({ text: 'An @room', mentions: [everyone], replyTo: null, edits: '$eins' });
    draft.edit('An alle: @room');
    expect([writing.send(), writing.asksEveryone]).toEqual([true, false]);
    await settled();
    draft.beginEdit({ text: 'Was macht @room?', mentions: [], replyTo: null, edits: '$zwei' });
    draft.edit('Was macht @room dann?');
    expect(writing.send()).toBe(true);
    await settled();
    draft.beginEdit({ text: 'Wichtig', mentions: [], replyTo: null, edits: '$drei' });
    draft.edit('Wichtig, @room');
    expect([writing.send(), writing.asksEveryone]).toEqual([false, true]);
    expect(backend.sendMessage.mock.calls.map((call) => call[2].mentions)).toEqual([[everyone], []]);
  });
});
