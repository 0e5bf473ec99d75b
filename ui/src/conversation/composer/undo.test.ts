import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { echo, incoming } from '../../fixture/messages';
import { undoMs, UndoWindow } from './undo.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('undo', () => {
  test('is offered for five seconds after sending', () => {
    const undo = new UndoWindow();
    undo.begin([]);
    expect(undo.open).toBe(false);
    undo.sent();
    vi.advanceTimersByTime(undoMs - 1);
    expect(undo.open).toBe(true);
    vi.advanceTimersByTime(1);
    expect(undo.open).toBe(false);
  });

  test('a second message starts the five seconds anew', () => {
    const undo = new UndoWindow();
    undo.begin([]);
    undo.sent();
    vi.advanceTimersByTime(4000);
    undo.begin([]);
    expect(undo.open).toBe(false);
    undo.sent();
    vi.advanceTimersByTime(4000);
    expect(undo.open).toBe(true);
  });

  test('means what was sent, also where an answer came in since', () => {
    const undo = new UndoWindow();
    const before = echo('vorher');
    undo.begin([before]);
    undo.sent();
    const sent = echo('gesendet');
    expect(undo.row([before, sent, incoming('Antwort')])).toBe(sent.id);
  });

  test('never means an older message', () => {
    const undo = new UndoWindow();
    const before = echo('vorher');
    undo.begin([before]);
    undo.sent();
    expect(undo.row([before])).toBeNull();
    expect(undo.row([before, incoming('Antwort')])).toBeNull();
  });
});
