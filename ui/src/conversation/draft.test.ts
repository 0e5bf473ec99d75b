import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { WireError } from '../protocol';
import { Draft } from './draft.svelte';

const room = '!raum:musterstadt.de';

function core(stored: string | null = null) {
  return {
    loadDraft: vi.fn(async (): Promise<string | null> => stored),
    saveDraft: vi.fn(async (_room: string, _text: string) => {}),
    sendText: vi.fn(async (_room: string, _request: string, _body: string) => {}),
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
    expect(backend.saveDraft.mock.calls).toEqual([[room, 'Ha']]);
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
    expect(backend.saveDraft.mock.calls).toEqual([[room, 'Hallo Welt']]);
  });

  test('sending clears the field at once, and the stored draft only once the core has the message', async () => {
    const backend = core();
    let taken: () => void = () => {};
    backend.sendText.mockImplementationOnce(() => new Promise((resolve) => (taken = () => resolve())));
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('Guten Tag');
    await vi.advanceTimersByTimeAsync(300);
    const sent = draft.send();
    expect(draft.text).toBe('');
    await settle();
    expect(backend.saveDraft.mock.calls).toEqual([[room, 'Guten Tag']]);
    taken();
    await sent;
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, '');
    expect(backend.sendText.mock.calls[0]?.[2]).toBe('Guten Tag');
  });

  test('a text that the core refuses comes back, before what was typed since', async () => {
    const backend = core();
    const error: WireError = { kind: 'tooLarge', reason: 'messageTooLong' };
    backend.sendText.mockRejectedValueOnce(error);
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('zu lang');
    const sent = draft.send();
    draft.edit('weiter');
    await sent;
    expect(draft.text).toBe('zu lang\nweiter');
    expect(draft.error).toEqual(error);
    expect(backend.saveDraft).toHaveBeenLastCalledWith(room, 'zu lang\nweiter');
  });

  test('two messages leave in the order in which they were sent, with different requests', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    draft.edit('eins');
    const first = draft.send();
    draft.edit('zwei');
    await Promise.all([first, draft.send()]);
    expect(backend.sendText.mock.calls.map((call) => call[2])).toEqual(['eins', 'zwei']);
    expect(new Set(backend.sendText.mock.calls.map((call) => call[1])).size).toBe(2);
  });

  test('nothing but blanks is not sent', async () => {
    const backend = core();
    const draft = new Draft(backend, room);
    await settle();
    draft.edit(' \n ');
    await draft.send();
    expect(backend.sendText).not.toHaveBeenCalled();
  });
});
