import { describe, expect, test } from 'vitest';

import { incoming } from '../fixture/messages';
import type { TimelineRow } from '../protocol';
import { dayAbove } from './floating-day';

const divider = (timestampMs: number): TimelineRow => ({ id: `d${timestampMs}`, content: { type: 'dayDivider', timestampMs } });

describe('the day above what is in view', () => {
  const rows = [incoming('vorher'), divider(1), incoming('a'), incoming('b'), divider(2), incoming('c')];

  test('is that of the nearest divider before it', () => {
    expect(dayAbove(rows, 3)).toBe(1);
    expect(dayAbove(rows, 5)).toBe(2);
  });

  test('is not repeated while the divider itself is at the top', () => {
    expect(dayAbove(rows, 4)).toBeNull();
  });

  test('is unknown above the first divider', () => {
    expect(dayAbove(rows, 0)).toBeNull();
    expect(dayAbove([], 0)).toBeNull();
  });
});
