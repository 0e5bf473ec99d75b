import { describe, expect, test } from 'vitest';

import { parseDegrees, splitPair } from './place';

describe('places', () => {
  test('degrees are read with a comma or a point', () => {
    expect(parseDegrees('52,5163', 90)).toBe(52.5163);
    expect(parseDegrees(' 13.3777° ', 180)).toBe(13.3777);
    expect(parseDegrees('−0,5', 90)).toBe(-0.5);
  });

  test('what is no place on earth is refused', () => {
    expect(parseDegrees('91', 90)).toBeNull();
    expect(parseDegrees('-180.1', 180)).toBeNull();
    expect(parseDegrees('Rathaus', 90)).toBeNull();
    expect(parseDegrees('', 90)).toBeNull();
  });

  test('both values can be pasted at once', () => {
    expect(splitPair('52.5163, 13.3777')).toEqual(['52.5163', '13.3777']);
    expect(splitPair('geo:52.5163,13.3777;u=35')).toEqual(['52.5163', '13.3777']);
    expect(splitPair('52,5163; 13,3777')).toEqual(['52,5163', '13,3777']);
    expect(splitPair('52,5163 13,3777')).toEqual(['52,5163', '13,3777']);
    expect(splitPair('52,5163, 13,3777')).toEqual(['52,5163', '13,3777']);
  });

  test('one value is not two', () => {
    expect(splitPair('52.5163')).toBeNull();
    expect(splitPair('Rathaus 5')).toBeNull();
  });
});
