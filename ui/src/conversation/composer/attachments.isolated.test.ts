import { beforeEach, describe, expect, test, vi } from 'vitest';

import type { ConversationId, Draft as StoredDraft, OutgoingFiles, RecordingFacts, ReplyPreview, StagedFile, TextMention } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import { Draft } from '../draft.svelte';
import { Attachments } from './attachments.svelte';
import { recordingFacts } from './recording-facts';

vi.mock('./recording-facts', () => ({ recordingFacts: vi.fn() }));

const id: ConversationId = { roomId: '!raum:musterstadt.de', thread: null };
const question: ReplyPreview = { eventId: '$frage', sender: null, content: null, loading: false };
const anna: TextMention = { label: '@Anna', target: { type: 'person', userId: '@anna:musterstadt.de' } };
const file: StagedFile = { id: 'staged1', filename: 'Plan.pdf', size: 1, mimeType: 'application/pdf', kind: 'file', picture: null, recording: null, metadata: 'none', problem: null };
const film: StagedFile = { ...file, id: 'staged2', filename: 'Begehung.mp4', mimeType: 'video/mp4', kind: 'video', recording: 'staged-recording-2', metadata: 'stays' };
const facts: RecordingFacts = { durationMs: 12_000, width: 1920, height: 1080, still: 'AAAA' };

const backend = {
  loadDraft: async (): Promise<StoredDraft | null> => null,
  saveDraft: vi.fn(async (_conversation: ConversationId, _draft: StoredDraft | null) => {}),
  sendMessage: async () => {},
  discardStaged: async () => {},
  bytesUrl: (token: string) => `herold-media:${token}?bytes`,
  describeStaged: vi.fn(async (_id: string, { width, height }: RecordingFacts): Promise<StagedFile> => ({ ...film, picture: { full: 'still', thumbnail: null, width, height, blurhash: null } })),
  sendFiles: vi.fn(async (_conversation: ConversationId, _request: string, _files: OutgoingFiles) => {}),
};
const sent = () => backend.sendFiles.mock.calls.map(([, , files]) => files.caption);

let draft: Draft;
let attachments: Attachments;

beforeEach(async () => {
  vi.clearAllMocks();
  backend.sendFiles.mockImplementation(async () => {});
  draft = new Draft(backend, id);
  attachments = new Attachments({ app: { backend }, draft, id } as unknown as Conversation);
  await new Promise((resolve) => setTimeout(resolve));
});

describe('what is being written when files are chosen', () => {
  beforeEach(() => {
    draft.edit('Bitte prüfen, @Anna ');
    draft.mention(anna);
    draft.answer(question);
    attachments.add([file]);
  });

  test('goes with them, with whom it addresses and what it answers, and is gone from the field', async () => {
    expect(attachments.caption.text).toBe('Bitte prüfen, @Anna ');
    expect(await attachments.send()).toBe(true);
    expect(sent()).toEqual([{ text: 'Bitte prüfen, @Anna', mentions: [anna], replyTo: '$frage', edits: null }]);
    expect([draft.text, draft.mentions, draft.replyTo]).toEqual(['', [], null]);
  });

  test('is in the field again when they are put back, with what was added to it', async () => {
    attachments.caption.edit('Bitte prüfen, @Anna und Otto');
    await draft.save();
    expect(backend.saveDraft.mock.lastCall?.[1]?.text).toBe('Bitte prüfen, @Anna und Otto');
    attachments.cancel();
    expect([draft.text, draft.mentions, draft.replyTo]).toEqual(['Bitte prüfen, @Anna und Otto', [anna], question]);
  });

  test('stays in the dialog when the core does not take them', async () => {
    backend.sendFiles.mockRejectedValueOnce({ kind: 'notFound', reason: 'localFileGone' });
    expect(await attachments.send()).toBe(false);
    expect([attachments.files, attachments.caption.text, draft.replyTo]).toEqual([[file], 'Bitte prüfen, @Anna ', question]);
  });
});

describe('files beside a message that is being changed', () => {
  beforeEach(() => {
    draft.edit('angefangen');
    draft.beginEdit({ text: 'alt', mentions: [], replyTo: null, edits: '$eins' });
    attachments.add([file]);
  });

  test('have words of their own', async () => {
    expect(attachments.caption.text).toBe('');
    attachments.caption.edit('Der Plan');
    await attachments.send();
    expect(sent()).toEqual([{ text: 'Der Plan', mentions: [], replyTo: null, edits: null }]);
    expect([draft.text, draft.edits]).toEqual(['alt', '$eins']);
  });

  test('leave them behind the change when they are put back', () => {
    attachments.caption.edit('Der Plan');
    attachments.remove(file.id);
    expect([draft.text, draft.edits]).toEqual(['alt', '$eins']);
    draft.endEdit();
    expect(draft.text).toBe('Der Plan\nangefangen');
  });
});

test('files call everybody only after a question', async () => {
  draft.edit('@room Neuer Plan');
  draft.mention({ label: '@room', target: { type: 'everyone' } });
  attachments.add([file]);
  expect(await attachments.send()).toBe(false);
  expect([attachments.asksEveryone, sent()]).toEqual([true, []]);
  expect(await attachments.send(true)).toBe(true);
  expect([attachments.asksEveryone, sent().length]).toEqual([false, 1]);
});

describe('a film', () => {
  const arrived = () => new Promise((resolve) => setTimeout(resolve));

  test('is seen before it is sent, and the core is told of it', async () => {
    vi.mocked(recordingFacts).mockResolvedValue(facts);
    attachments.add([file, film]);
    await arrived();
    expect(vi.mocked(recordingFacts).mock.calls.map(([{ id }, address]) => [id, address])).toEqual([['staged2', 'herold-media:staged-recording-2?bytes']]);
    expect(backend.describeStaged.mock.calls).toEqual([['staged2', facts]]);
    expect(attachments.files.map(({ picture }) => picture?.full)).toEqual([undefined, 'still']);
  });

  test('that cannot be played here is sent all the same', async () => {
    vi.mocked(recordingFacts).mockRejectedValue(new Error('not playable'));
    attachments.add([film]);
    expect(await attachments.send()).toBe(true);
    expect([backend.describeStaged.mock.calls.length, sent().length]).toEqual([0, 1]);
  });

  test('whose player says nothing holds up nothing for more than a moment', async () => {
    vi.useFakeTimers();
    vi.mocked(recordingFacts).mockReturnValue(new Promise(() => {}));
    attachments.add([film]);
    const sending = attachments.send();
    await vi.advanceTimersByTimeAsync(1900);
    expect(sent()).toEqual([]);
    await vi.advanceTimersByTimeAsync(100);
    expect(await sending).toBe(true);
    expect(vi.mocked(recordingFacts).mock.lastCall?.[2].aborted).toBe(true);
    vi.useRealTimers();
  });

  test('that was put back is not looked at any more', async () => {
    let tell = (_facts: RecordingFacts) => {};
    vi.mocked(recordingFacts).mockReturnValue(new Promise((resolve) => (tell = resolve)));
    attachments.add([film]);
    await arrived();
    attachments.cancel();
    tell(facts);
    await arrived();
    expect(backend.describeStaged).not.toHaveBeenCalled();
    expect(attachments.files).toEqual([]);
  });
});

test('what comes while others are being sent stays', async () => {
  attachments.add([file]);
  backend.sendFiles.mockImplementationOnce(async () => attachments.add([{ ...file, id: 'later' }]));
  expect(await attachments.send()).toBe(true);
  expect(attachments.files.map(({ id }) => id)).toEqual(['later']);
});
