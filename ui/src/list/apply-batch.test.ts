import { describe, expect, test } from 'vitest';

import type { ListOp } from '../protocol';
import { applyBatch } from './apply-batch';

const after = (rows: string[], ...ops: ListOp<string>[]) => applyBatch(rows, { ops }).join('');

describe('applyBatch', () => {
  test.each<[string, ListOp<string>, string]>([
    ['append adds at the end, in order', { type: 'append', values: ['x', 'y'] }, 'abcxy'],
    ['clear empties', { type: 'clear' }, ''],
    ['pushFront adds at the front', { type: 'pushFront', value: 'x' }, 'xabc'],
    ['pushBack adds at the end', { type: 'pushBack', value: 'x' }, 'abcx'],
    ['popFront takes the first', { type: 'popFront' }, 'bc'],
    ['popBack takes the last', { type: 'popBack' }, 'ab'],
    ['insert moves what follows', { type: 'insert', index: 1, value: 'x' }, 'axbc'],
    ['insert at the length appends', { type: 'insert', index: 3, value: 'x' }, 'abcx'],
    ['set replaces one', { type: 'set', index: 1, value: 'x' }, 'axc'],
    ['remove closes the gap', { type: 'remove', index: 1 }, 'ac'],
    ['truncate keeps the first', { type: 'truncate', length: 1 }, 'a'],
    ['truncate beyond the end keeps all', { type: 'truncate', length: 9 }, 'abc'],
    ['reset replaces all', { type: 'reset', values: ['x'] }, 'x'],
  ])('%s', (_name, op, expected) => {
    expect(after(['a', 'b', 'c'], op)).toBe(expected);
  });

  test('operations apply one after the other', () => {
    expect(after([], { type: 'append', values: ['a', 'b'] }, { type: 'pushFront', value: 'x' }, { type: 'remove', index: 1 }, { type: 'set', index: 1, value: 'y' })).toBe('xy');
  });

  test('the rows before stay as they were', () => {
    const rows = ['a', 'b'];
    applyBatch(rows, { ops: [{ type: 'popBack' }, { type: 'set', index: 0, value: 'x' }] });
    expect(rows).toEqual(['a', 'b']);
  });

  test('the values of a reset are not shared with later changes', () => {
    const values = ['a'];
    applyBatch([], { ops: [{ type: 'reset', values }, { type: 'pushBack', value: 'b' }] });
    expect(values).toEqual(['a']);
  });

  test('a very long append does not overflow the stack', () => {
    const values = Array.from({ length: 300_000 }, (_, index) => index);
    expect(applyBatch<number>([], { ops: [{ type: 'append', values }] })).toHaveLength(300_000);
  });
});
