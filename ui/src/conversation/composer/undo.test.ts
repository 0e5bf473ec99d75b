import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { echo } from '../../fixture/messages';
import type { TimelineRow } from '../../protocol';
import { undoMs, UndoWindow } from './undo.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function arrived(body: string): TimelineRow {
  const row = echo(body);
  return row.content.type === 'message' ? { ...row, content: { ...row.content, eventId: `$${body}`, sendState: null } } : row;
}

describe('undo', () => {
  test('is offered for five seconds after sending', () => {
    const undo = new UndoWindow();
    undo.begin([], 'eins', 'text');
    expect(undo.open).toBe(false);
    undo.sent('eins');
    vi.advanceTimersByTime(undoMs - 1);
    expect(undo.open).toBe(true);
    vi.advanceTimersByTime(1);
    expect(undo.open).toBe(false);
  });

  test('a second message starts the five seconds anew', () => {
    const undo = new UndoWindow();
    undo.begin([], 'eins', 'text');
    undo.sent('eins');
    vi.advanceTimersByTime(4000);
    undo.begin([], 'zwei', 'text');
    expect(undo.open).toBe(false);
    undo.sent('zwei');
    vi.advanceTimersByTime(4000);
    expect(undo.open).toBe(true);
  });

  test('means the text that was sent last, also where the core took an earlier one just now', () => {
    const undo = new UndoWindow();
    undo.begin([], 'eins', 'text');
    undo.begin([], 'zwei', 'text');
    undo.sent('eins');
    expect(undo.open).toBe(false);
    undo.sent('zwei');
    expect([undo.open, undo.request]).toEqual([true, 'zwei']);
  });

  test('says that the server has what was sent, and means nothing older or newer', () => {
    const undo = new UndoWindow();
    const [before, sent] = [arrived('vorher'), echo('gesendet')];
    undo.begin([before], 'eins', 'text');
    expect(undo.arrived([before])).toBe(false);
    expect(undo.arrived([before, sent, arrived('danach')])).toBe(false);
    expect(undo.arrived([before, arrived('gesendet'), sent])).toBe(true);
  });
});
