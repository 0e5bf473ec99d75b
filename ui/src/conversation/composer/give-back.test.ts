import { beforeEach, describe, expect, test, vi } from 'vitest';

import type { App } from '../../app/app.svelte';
import { m } from '../../paraglide/messages';
import { PollForm } from '../../poll/poll-form.svelte';
import type { Draft as StoredDraft, PollDraft, ReplyPreview, StagedFile, TakenBack, VoiceRecording } from '../../protocol';
import { Conversation } from '../conversation.svelte';
import { resumePollEdit } from './give-back';
import { Writing } from './writing.svelte';

const poll: PollDraft = { question: 'Wann?', answers: ['Montag', 'Dienstag', 'Mittwoch'], open: false, maxSelections: 2 };
const rathaus = { description: 'Rathaus', latitude: 48.137, longitude: -11.5 };
const typedRathaus = { description: 'Rathaus', latitude: '48.137', longitude: '-11.5' };
const question: ReplyPreview = { eventId: '$frage', sender: null, content: null, loading: false };
const caption: StoredDraft = { text: 'Der Plan', mentions: [], replyTo: question, edits: null };
const file: StagedFile = { id: 'staged1', filename: 'Plan.pdf', size: 1, mimeType: 'application/pdf', kind: 'file', picture: null, recording: null, metadata: 'none', problem: null };
const files = (some: Partial<Extract<TakenBack, { type: 'files' }>> = {}): TakenBack => ({ type: 'files', files: [file, { ...file, id: 'staged2' }], complete: true, caption, gallery: true, keepMetadata: true, ...some });
const recording: VoiceRecording = { attachment: { kind: 'voice', filename: '', mimeType: 'audio/ogg', size: 1, durationMs: 5000, file: 'recording-1', picture: null, waveform: [] }, end: 'stopped' };

const undoSend = vi.fn(async (_request: string): Promise<TakenBack> => ({ type: 'poll', poll }));
const backend = {
  subscribeTimeline: async () => 0,
  subscribeRoom: async () => 0,
  unsubscribe: async () => {},
  keptRecording: async () => null,
  setTyping: async () => {},
  loadDraft: async (): Promise<StoredDraft | null> => null,
  saveDraft: async () => {},
  undoSend,
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

let conversation: Conversation;
let writing: Writing;

beforeEach(async () => {
  vi.clearAllMocks();
  const app = { backend, attempt: (work: Promise<unknown>) => work.catch(() => undefined) };
  conversation = new Conversation(app as unknown as App, '!raum:musterstadt.de', () => {});
  writing = new Writing(conversation);
  await settled();
});

/** Something was sent a moment ago, and made of this. */
async function takeBack(made: TakenBack): Promise<boolean> {
  undoSend.mockResolvedValueOnce(made);
  await conversation.send('poll', 'eins', Promise.resolve());
  return writing.takeBack();
}

const form = () => conversation.unsent.pollForms.get('');

function begin(asks: string): PollForm {
  const begun = new PollForm();
  begun.question = asks;
  conversation.unsent.pollForms.set('', begun);
  return begun;
}

test('whatever the core has taken can be taken back for a moment, and what it refused cannot', async () => {
  await conversation.send('place', 'eins', Promise.resolve());
  expect([writing.undo.open, writing.undo.what, writing.undo.request]).toEqual([true, 'place', 'eins']);
  await conversation.send('poll', 'zwei', Promise.reject(new Error())).catch(() => {});
  expect(writing.undo.open).toBe(false);
});

describe('a poll that is taken back', () => {
  test('is in its form again, with everything that was chosen, and not sent under its old request', async () => {
    expect(await takeBack({ type: 'poll', poll })).toBe(false);
    expect([form()!.draft(), conversation.composing, writing.said]).toEqual([poll, 'poll', m.taken_back()]);
    expect(form()!.request).not.toBe('eins');
  });

  test('comes before one that was begun since, which is there once it is sent', async () => {
    const begun = begin('Wo?');
    await takeBack({ type: 'poll', poll });
    expect(form()!.question).toBe('Wann?');
    conversation.unsent.endPoll('');
    expect(form()).toBe(begun);
    conversation.unsent.endPoll('');
    expect(form()).toBeUndefined();
  });

  test('takes nothing away that is on screen', async () => {
    const begun = begin('Wo?');
    conversation.composing = 'poll';
    await takeBack({ type: 'poll', poll });
    expect(form()).toBe(begun);
    conversation.unsent.endPoll('');
    expect(form()!.draft()).toEqual(poll);
  });

  test('waits in its form where its composer is gone', async () => {
    undoSend.mockImplementationOnce(async () => {
      writing.close();
      return { type: 'poll', poll };
    });
    await conversation.send('poll', 'eins', Promise.resolve());
    await writing.takeBack();
    expect([form()!.draft(), conversation.composing]).toEqual([poll, null]);
  });
});

test('a place that is taken back is in its dialog again, before one that was begun since', async () => {
  const { unsent } = conversation;
  unsent.place.description = 'Bauhof';
  await takeBack({ type: 'place', place: rathaus });
  expect([unsent.place, conversation.composing]).toEqual([typedRathaus, 'location']);
  unsent.endPlace();
  expect(unsent.place.description).toBe('Bauhof');
  await takeBack({ type: 'place', place: rathaus });
  expect(unsent.place.description).toBe('Bauhof');
  unsent.endPlace();
  expect(unsent.place).toEqual(typedRathaus);
});

describe('files that are taken back', () => {
  test('are with their words again, and before what was typed since', async () => {
    conversation.draft.edit('Noch etwas');
    expect(await takeBack(files())).toBe(false);
    const attachments = writing.attachments!;
    expect(attachments.files.map(({ id }) => id)).toEqual(['staged1', 'staged2']);
    expect([attachments.gallery, attachments.keepMetadata]).toEqual([true, true]);
    expect([attachments.caption.text, attachments.caption.replyTo]).toEqual(['Der Plan\nNoch etwas', question]);
  });

  test('leave their words where they are not kept, and say so', async () => {
    expect(await takeBack(files({ files: [], complete: false }))).toBe(true);
    expect([conversation.draft.text, conversation.draft.replyTo]).toEqual(['Der Plan', question]);
    expect([conversation.notice, writing.attachments]).toEqual([m.taken_back_without_files(), null]);
  });
});

describe('a voice message that is taken back', () => {
  test('can be listened to again, and answers what it answered', async () => {
    conversation.draft.edit('Noch etwas');
    expect(await takeBack({ type: 'recording', recording, caption: { ...caption, text: '' } })).toBe(false);
    expect([writing.voice?.recording, writing.voice?.state]).toEqual([recording, 'recorded']);
    expect([conversation.draft.text, conversation.draft.replyTo]).toEqual(['Noch etwas', question]);
  });

  test('says so where it is not kept', async () => {
    expect(await takeBack({ type: 'recording', recording: null, caption: { ...caption, text: '', replyTo: null } })).toBe(true);
    expect([writing.voice, conversation.notice]).toEqual([null, m.taken_back_without_recording()]);
  });
});

test('where it cannot be taken back, one goes on in the text field', async () => {
  undoSend.mockRejectedValueOnce({ kind: 'timeout' });
  await conversation.send('poll', 'eins', Promise.resolve());
  expect(await writing.takeBack()).toBe(true);
  expect([form(), conversation.composing]).toEqual([undefined, null]);
});

test('an edit of a poll that was refused is in its form again, before another one that was begun', async () => {
  const begun = new PollForm({ question: 'Wann genau?', open: true, maxSelections: 1, answers: [] });
  conversation.unsent.pollForms.set('$umfrage', begun);
  resumePollEdit(conversation, { type: 'poll', eventId: '$umfrage', poll });
  expect(conversation.unsent.pollForms.get('$umfrage')!.draft()).toEqual(poll);
  expect(conversation.pollTask).toMatchObject({ type: 'edit', eventId: '$umfrage' });
  conversation.unsent.endPoll('$umfrage');
  expect(conversation.unsent.pollForms.get('$umfrage')).toBe(begun);
});
