import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { TypingNotice } from './typing-notice';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('typing notice', () => {
  test('is sent once in four seconds, however fast one types', () => {
    const say = vi.fn();
    const notice = new TypingNotice(say);
    for (let key = 0; key < 50; key += 1) {
      notice.typed(false);
      vi.advanceTimersByTime(100);
    }
    expect(say.mock.calls).toEqual([[true], [true]]);
  });

  test('ends soon after the field was emptied, and only once', () => {
    const say = vi.fn();
    const notice = new TypingNotice(say);
    notice.typed(false);
    notice.typed(true);
    expect(say.mock.calls).toEqual([[true]]);
    vi.advanceTimersByTime(1000);
    notice.stop();
    expect(say.mock.calls).toEqual([[true], [false]]);
  });

  test('ends when nothing is typed for a while', () => {
    const say = vi.fn();
    new TypingNotice(say).typed(false);
    vi.advanceTimersByTime(8000);
    expect(say.mock.calls).toEqual([[true], [false]]);
  });

  test('nothing is said where nothing was typed', () => {
    const say = vi.fn();
    new TypingNotice(say).stop();
    expect(say).not.toHaveBeenCalled();
  });
});
