import { describe, expect, test } from 'vitest';

import { incoming } from '../fixture/messages';
import type { TimelineRow } from '../protocol';
import { fold } from './folding';

let last = 0;
const change = (): TimelineRow => ({ id: `c${(last += 1)}`, content: { type: 'change', sender: { id: '@a:b', name: 'A', nameAmbiguous: false, avatar: null }, timestampMs: 0, change: { type: 'created' } } });
const nothing = new Set<string>();
const ids = (rows: readonly TimelineRow[]) => rows.map((row) => row.id);

describe('changes that follow each other', () => {
  test('stay as they are while they are few', () => {
    const rows = [change(), change(), incoming('a'), change(), change()];
    const folded = fold(rows, nothing);
    expect(folded.rows).toBe(rows);
    expect(folded.folds.size).toBe(0);
  });

  test('take the place of the first once there are three', () => {
    const [a, b, c, d] = [change(), change(), change(), incoming('x')];
    const folded = fold([a, b, c, d], nothing);
    expect(ids(folded.rows)).toEqual([a.id, d.id]);
    expect(folded.folds.get(a.id)).toEqual({ ids: [a.id, b.id, c.id], open: false });
  });

  test('are all there once opened, and stay open when older ones load', () => {
    const run = [change(), change(), change()];
    const opened = new Set(run.map((row) => row.id));
    expect(ids(fold(run, opened).rows)).toEqual(ids(run));
    const grown = [change(), change(), ...run, incoming('x')];
    const folded = fold(grown, opened);
    expect(ids(folded.rows)).toEqual(ids(grown));
    expect(folded.folds.get(grown[0]!.id)?.open).toBe(true);
  });

  test('are told apart by what stands between them', () => {
    const rows = [change(), change(), change(), incoming('x'), change(), change(), change(), change()];
    const folded = fold(rows, nothing);
    expect(ids(folded.rows)).toEqual([rows[0]!.id, rows[3]!.id, rows[4]!.id]);
    expect([...folded.folds.values()].map((run) => run.ids.length)).toEqual([3, 4]);
  });

  test('do not hide that somebody calls', () => {
    const call = change();
    if (call.content.type === 'change') call.content.change = { type: 'callStarted' };
    const rows = [change(), change(), change(), call, change(), change()];
    expect(ids(fold(rows, nothing).rows)).toEqual([rows[0]!.id, call.id, rows[4]!.id, rows[5]!.id]);
  });
});
