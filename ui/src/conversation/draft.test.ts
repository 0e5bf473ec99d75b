import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ConversationId, Draft as StoredDraft, OutgoingText, TextMention, WireError } from '../protocol';
import { Draft } from './draft.svelte';

const room: ConversationId = { roomId: '!raum:musterstadt.de', thread: null };
const written = (text: string): StoredDraft => ({ text, mentions: [], replyTo: null, edits: null });

function core(stored: string | null = null) {
  return {
    loadDraft: vi.fn(async (): Promise<StoredDraft | null> => (stored === null ? null : written(stored))),
    saveDraft: vi.fn(async (_conversation: ConversationId, _draft: StoredDraft | null) => {}),
    sendMessage: vi.fn(async (_conversation: ConversationId, _request: string, _message: OutgoingText) => {}),
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('Draft', () => {
  test('what was written before is there again', async () => {
    const draft = new Draft(core('Sehr geehrte'), room);
    await settle();
    expect(draft.text).toBe('Sehr geehrte');
  });

  test('a draft that loads late does not overwrite what is being typed', async () => {
    const draft = new Draft(core('alt'), room);
    draft.edit('neu');
    await settle();
    expect(draft.text).toBe('neu');
  });

  test('of two with the same words, the one chosen last is mentioned', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    const chosen = (room: string): TextMention => ({ label: '#Bauamt', target: { type: 'room', room } });
    await settle();
    draft.mention(chosen('!alt:musterstadt.de'));
    draft.mention(chosen('!neu:musterstadt.de'));
    draft.edit('siehe #Bauamt');
    await draft.send();
    expect(backend.sendMessage.mock.calls[0]![2].mentions).toEqual([chosen('!neu:musterstadt.de')]);
  });

  test('typing is stored once it pauses', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('H');
    await vi.advanceTimersByTimeAsync(200);
    draft.edit('Ha');
    await vi.advanceTimersByTimeAsync(200);
    expect(backend.saveDraft).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(backend.saveDraft.mock.calls).toEqual([[room, written('Ha')]]);
  });

  test('who types without a pause loses two seconds at most', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    let text = '';
    for (let key = 0; key < 30; key += 1) {
      draft.edit((text += 'a'));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(backend.saveDraft.mock.calls).toEqual([[room, written('a'.repeat(20))]]);
    await vi.advanceTimersByTimeAsync(300);
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, written(text));
  });

  test('leaving the room stores at once, and only what changed', async () => {
    const backend = core('Hallo');
    const draft = new Draft(backend, room);
    await settle();
    await draft.save();
    expect(backend.saveDraft).not.toHaveBeenCalled();
    draft.edit('Hallo Welt');
    await draft.save();
    await draft.save();
    expect(backend.saveDraft.mock.calls).toEqual([[room, written('Hallo Welt')]]);
  });

  test('sending clears the field at once, and the stored draft only once the core has the message', async () => {
    const backend = core();
    let taken: () => void = () => {};
    backend.sendMessage.mockImplementationOnce(() => new Promise((resolve) => (taken = () => resolve())));
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('Guten Tag');
    await vi.advanceTimersByTimeAsync(300);
    const sent = draft.send();
    expect(draft.text).toBe('');
    await settle();
    expect(backend.saveDraft.mock.calls).toEqual([[room, written('Guten Tag')]]);
    taken();
    await sent;
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, null);
    expect(backend.sendMessage.mock.calls[0]?.[2].text).toBe('Guten Tag');
  });

  test('a text that the core refuses comes back, before what was typed since', async () => {
    const backend = core();
    const error: WireError = { kind: 'tooLarge', reason: 'messageTooLong' };
    backend.sendMessage.mockRejectedValueOnce(error);
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('zu lang');
    const sent = draft.send();
    draft.edit('weiter');
    await sent;
    expect(draft.text).toBe('zu lang\nweiter');
    expect(draft.error).toEqual(error);
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, written('zu lang\nweiter'));
  });

  test('two messages leave in the order in which they were sent, with different requests', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('eins');
    const first = draft.send();
    draft.edit('zwei');
    await Promise.all([first, draft.send()]);
    expect(backend.sendMessage.mock.calls.map((call) => call[2].text)).toEqual(['eins', 'zwei']);
    expect(new Set(backend.sendMessage.mock.calls.map((call) => call[1])).size).toBe(2);
  });

  test('nothing but blanks is not sent', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    draft.edit(' \n ');
    await draft.send();
    expect(backend.sendMessage).not.toHaveBeenCalled();
  });

  test('an edit puts aside what was being written, and gives it back', async () => {
    const backend = core('angefangen');
    const draft = new Draft(backend, room);
    await settle();
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    expect(draft.text).toBe('alt');
    draft.edit('neu');
    await draft.send();
    expect(backend.sendMessage.mock.calls[0]?.[2]).toEqual({ text: 'neu', mentions: [], replyTo: null, edits: '$eins' });
    expect([draft.text, draft.edits]).toEqual(['angefangen', null]);
  });

  test('while an edit is under way, what it interrupted stays stored', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('angefangen');
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    draft.edit('neu');
    await vi.advanceTimersByTimeAsync(300);
    draft.edit('neuer');
    await draft.save();
    expect(backend.saveDraft.mock.calls).toEqual([[room, written('angefangen')]]);
    draft.endEdit();
    await draft.save();
    expect(draft.text).toBe('angefangen');
    expect(backend.saveDraft).toHaveBeenCalledOnce();
  });

  test('an edit that interrupts nothing is stored itself', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    const edit = { ...written('alt'), edits: '$eins' };
    draft.beginEdit(edit);
    await draft.save();
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, edit);
    await draft.send();
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, null);
  });

  test('an edit that the core refuses comes back alone, and what it interrupted after it', async () => {
    const backend = core('angefangen');
    backend.sendMessage.mockRejectedValueOnce({ kind: 'storage', reason: 'diskFull' } satisfies WireError);
    const draft = new Draft(backend, room);
    await settle();
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    draft.edit('neu');
    const sent = draft.send();
    expect(draft.text).toBe('angefangen');
    draft.edit('angefangen und weiter');
    await sent;
    expect([draft.text, draft.edits]).toEqual(['neu', '$eins']);
    expect(draft.error).not.toBeNull();
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, written('angefangen und weiter'));
    await draft.send();
    expect(backend.sendMessage.mock.calls.map((call) => call[2].edits)).toEqual(['$eins', '$eins']);
    expect([draft.text, draft.edits]).toEqual(['angefangen und weiter', null]);
  });

  test('of two edits, the one that fails takes nothing from the other', async () => {
    const backend = core('angefangen');
    let refuse = (_error: WireError) => {};
    backend.sendMessage.mockImplementationOnce(() => new Promise((_resolve, reject) => (refuse = reject)));
    const draft = new Draft(backend, room);
    await settle();
    draft.beginEdit({ ...written('eins'), edits: '$eins' });
    const sent = draft.send();
    draft.beginEdit({ ...written('zwei'), edits: '$zwei' });
    refuse({ kind: 'forbidden' });
    await sent;
    expect([draft.text, draft.edits]).toEqual(['eins', '$eins']);
    draft.endEdit();
    expect([draft.text, draft.edits]).toEqual(['zwei', '$zwei']);
    draft.endEdit();
    expect([draft.text, draft.edits]).toEqual(['angefangen', null]);
  });

  test('a message that is refused or taken back while another is changed does not get into that one', async () => {
    const backend = core();
    let refuse = (_error: WireError) => {};
    backend.sendMessage.mockImplementationOnce(() => new Promise((_resolve, reject) => (refuse = reject)));
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('Nachricht');
    const sent = draft.send();
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    refuse({ kind: 'storage' });
    await sent;
    expect([draft.text, draft.edits]).toEqual(['alt', '$eins']);
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, written('Nachricht'));
    draft.endEdit();
    expect(draft.text).toBe('Nachricht');
  });

  test('an edit waits until what it interrupts is known', async () => {
    const draft = new Draft(core('angefangen'), room);
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    await settle();
    expect(draft.text).toBe('alt');
    draft.endEdit();
    expect(draft.text).toBe('angefangen');
  });

  const question = { eventId: '$frage', sender: null, content: null, loading: false };

  async function changing(stored: string | null = null) {
    const backend = core(stored);
    const draft = new Draft(backend, room);
    await settle();
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    draft.edit('neu');
    return { draft, backend };
  }

  test('an answer during an edit is an answer, and the edit comes back once it is sent', async () => {
    const { draft, backend } = await changing('angefangen');
    draft.answer(question);
    expect([draft.text, draft.replyTo, draft.edits]).toEqual(['angefangen', question, null]);
    draft.edit('Antwort');
    await draft.save();
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, { ...written('Antwort'), replyTo: question });
    await draft.send();
    expect(backend.sendMessage.mock.lastCall?.[2]).toEqual({ text: 'Antwort', mentions: [], replyTo: '$frage', edits: null });
    expect([draft.text, draft.replyTo, draft.edits]).toEqual(['neu', null, '$eins']);
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, { ...written('neu'), edits: '$eins' });
    draft.endEdit();
    expect([draft.text, draft.edits]).toEqual(['', null]);
  });

  test('the end of an answer leads back to the edit, and that to what was written', async () => {
    const { draft } = await changing();
    draft.answer(question);
    draft.edit('Antwort');
    draft.answer(null);
    expect([draft.text, draft.replyTo, draft.edits]).toEqual(['neu', null, '$eins']);
    draft.endEdit();
    expect([draft.text, draft.replyTo, draft.edits]).toEqual(['Antwort', null, null]);
  });

  test('an answer that went as a file leads back to the edit, too', async () => {
    const { draft } = await changing();
    draft.answer(question);
    draft.edit('Antwort');
    draft.taken(draft.outgoing);
    expect([draft.text, draft.edits]).toEqual(['neu', '$eins']);
  });

  test('an answer leads out of an edit that changes nothing for good', async () => {
    const draft = new Draft(core('angefangen'), room);
    await settle();
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    draft.answer(question);
    draft.answer(null);
    expect([draft.text, draft.edits]).toEqual(['angefangen', null]);
  });

  test('another edit interrupts one whose words were changed, and takes the place of one that changes nothing', async () => {
    const { draft } = await changing('angefangen');
    draft.beginEdit({ ...written('zwei'), edits: '$zwei' });
    expect([draft.text, draft.edits, draft.editChanged]).toEqual(['zwei', '$zwei', false]);
    draft.beginEdit({ ...written('drei'), edits: '$drei' });
    draft.endEdit();
    expect([draft.text, draft.edits, draft.editChanged]).toEqual(['neu', '$eins', true]);
    draft.endEdit();
    expect([draft.text, draft.edits]).toEqual(['angefangen', null]);
  });

  test('an edit begun again goes on with the words it has', async () => {
    const { draft } = await changing('angefangen');
    const again = { ...written('alt'), edits: '$eins' };
    draft.beginEdit(again);
    expect(draft.text).toBe('neu');
    draft.beginEdit({ ...written('zwei'), edits: '$zwei' });
    draft.edit('zwei neu');
    draft.beginEdit(again);
    expect([draft.text, draft.edits]).toEqual(['neu', '$eins']);
    for (const [text, edits] of [['zwei neu', '$zwei'], ['angefangen', null]]) {
      draft.endEdit();
      expect([draft.text, draft.edits]).toEqual([text, edits]);
    }
  });

  test('an edit that was ended goes on with its words when the message is changed again', async () => {
    const { draft } = await changing('angefangen');
    const again = { ...written('alt'), edits: '$eins' };
    expect(draft.endEdit()).toBe(true);
    expect([draft.text, draft.edits]).toEqual(['angefangen', null]);
    draft.beginEdit(again);
    expect([draft.text, draft.edits, draft.editChanged]).toEqual(['neu', '$eins', true]);
    await draft.send();
    draft.beginEdit({ ...again, text: 'neu' });
    expect([draft.text, draft.editChanged]).toEqual(['neu', false]);
    // Who wants the message as it is empties the field.
    draft.edit('neuer');
    draft.endEdit();
    draft.beginEdit(again);
    draft.edit(' ');
    expect(draft.endEdit()).toBe(false);
    draft.beginEdit(again);
    expect([draft.text, draft.editChanged]).toEqual(['alt', false]);
    expect(draft.endEdit()).toBe(false);
  });

  test('a reminder during an edit is written as a message of its own', async () => {
    const { draft } = await changing('angefangen');
    draft.setEditAside();
    draft.restore(written('Bitte abstimmen'));
    expect([draft.text, draft.edits]).toEqual(['Bitte abstimmen\nangefangen', null]);
    await draft.send();
    expect([draft.text, draft.edits]).toEqual(['neu', '$eins']);
  });

  test('a mention that is no longer in the text is not sent', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    const person = { type: 'person', userId: '@a:b.de' } as const;
    draft.mention({ label: '@Anna', target: person });
    draft.mention({ label: '@Otto', target: { type: 'person', userId: '@o:b.de' } });
    draft.edit('Hallo @Anna');
    await draft.send();
    expect(backend.sendMessage.mock.calls[0]?.[2].mentions).toEqual([{ label: '@Anna', target: person }]);
    expect(draft.mentions).toEqual([]);
  });

  test('what was sent as a file is no longer there, but what was written since is', async () => {
    const draft = new Draft(core(), room);
    await settle();
    draft.edit('lang ');
    draft.answer({ eventId: '$frage', sender: null, content: null, loading: false });
    const sent = draft.outgoing;
    expect(sent).toEqual({ text: 'lang', mentions: [], replyTo: '$frage', edits: null });
    draft.edit('lang und weiter');
    draft.taken(sent);
    expect([draft.text, draft.replyTo]).toEqual(['lang und weiter', null]);
    draft.taken({ ...sent, text: 'lang und weiter' });
    expect(draft.text).toBe('');
  });

  test('what was sent as a file does not come back behind an edit begun since', async () => {
    const draft = new Draft(core(), room);
    await settle();
    draft.edit('lang');
    const sent = draft.outgoing;
    draft.beginEdit({ ...written('alt'), edits: '$eins' });
    draft.taken(sent);
    expect(draft.text).toBe('alt');
    draft.endEdit();
    expect(draft.text).toBe('');
  });
});
