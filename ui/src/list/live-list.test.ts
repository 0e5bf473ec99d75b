import { describe, expect, test, vi } from 'vitest';

import type { Batch, MoreOutcome, WireError } from '../protocol';
import { LiveList } from './live-list.svelte';

const subscription = 7;
const reset = (...values: string[]): Batch<string> => ({ subscription, seq: 0, ops: [{ type: 'reset', values }] });
const push = (seq: number, value: string): Batch<string> => ({ subscription, seq, ops: [{ type: 'pushBack', value }] });
const settle = () => new Promise((resolve) => setTimeout(resolve));

function opened(open?: () => Promise<number>) {
  let send: (batch: Batch<string>) => void = () => {};
  const backend = {
    acknowledge: vi.fn(async () => {}),
    resync: vi.fn(async () => {}),
    loadMore: vi.fn(async (): Promise<MoreOutcome> => 'more'),
    unsubscribe: vi.fn(async () => {}),
  };
  const list = new LiveList<string>(backend, (onBatch) => {
    send = onBatch;
    return open ? open() : Promise.resolve(subscription);
  });
  return { list, backend, send: (batch: Batch<string>) => send(batch) };
}

describe('LiveList', () => {
  test('batches in order become rows, and each is acknowledged', () => {
    const { list, backend, send } = opened();
    expect(list.loaded).toBe(false);
    send(reset('a'));
    send(push(1, 'b'));
    send(push(2, 'c'));
    expect(list.rows).toEqual(['a', 'b', 'c']);
    expect(list.loaded).toBe(true);
    expect(backend.acknowledge.mock.calls).toEqual([[subscription, 0], [subscription, 1], [subscription, 2]]);
  });

  test('a batch that overtakes the answer to the subscription counts', async () => {
    let answer: (id: number) => void = () => {};
    const { list, backend, send } = opened(() => new Promise((resolve) => (answer = resolve)));
    send(reset('a'));
    expect(list.rows).toEqual(['a']);
    expect(backend.acknowledge).toHaveBeenCalledWith(subscription, 0);
    answer(subscription);
    await settle();
    expect(list.subscription).toBe(subscription);
  });

  test('a gap keeps the rows, asks once for a resync and waits for the snapshot', () => {
    const { list, backend, send } = opened();
    send(reset('a'));
    send(push(2, 'lost'));
    send(push(3, 'lost too'));
    expect(list.rows).toEqual(['a']);
    expect(backend.resync.mock.calls).toEqual([[subscription]]);
    expect(backend.acknowledge).toHaveBeenLastCalledWith(subscription, 3);
    send(reset('x', 'y'));
    send(push(1, 'z'));
    expect(list.rows).toEqual(['x', 'y', 'z']);
  });

  test('a repeated batch is a gap as well', () => {
    const { list, backend, send } = opened();
    send(reset('a'));
    send(push(1, 'b'));
    send(push(1, 'b'));
    expect(list.rows).toEqual(['a', 'b']);
    expect(backend.resync).toHaveBeenCalledTimes(1);
  });

  test('seq 0 starts anew at any time', () => {
    const { list, backend, send } = opened();
    send(reset('a'));
    send(push(1, 'b'));
    send(reset('x'));
    send(push(1, 'y'));
    expect(list.rows).toEqual(['x', 'y']);
    expect(backend.resync).not.toHaveBeenCalled();
  });

  test('more is asked for once at a time, until the end', async () => {
    const { list, backend, send } = opened();
    send(reset('a'));
    await settle();
    backend.loadMore.mockResolvedValueOnce('more').mockResolvedValueOnce('end');
    await Promise.all([list.loadMore(), list.loadMore()]);
    expect(backend.loadMore).toHaveBeenCalledTimes(1);
    await list.loadMore();
    expect(list.complete).toBe(true);
    await list.loadMore();
    expect(backend.loadMore).toHaveBeenCalledTimes(2);
  });

  test('a failed page is told, and can be tried again', async () => {
    const { list, backend } = opened();
    await settle();
    const error: WireError = { kind: 'offline' };
    backend.loadMore.mockRejectedValueOnce(error);
    await list.loadMore();
    expect(list.error).toEqual(error);
    expect(list.loadingMore).toBe(false);
    list.retry();
    await settle();
    expect(list.error).toBeNull();
    expect(backend.loadMore).toHaveBeenCalledTimes(2);
  });

  test('newer pages that failed are what a retry asks for', async () => {
    const { list, backend, send } = opened();
    await settle();
    send(reset('a'));
    backend.loadMore.mockRejectedValueOnce({ kind: 'offline' } satisfies WireError);
    await list.loadMore('newer');
    expect(list.failedDirection).toBe('newer');
    list.retry();
    await settle();
    expect(backend.loadMore.mock.calls).toEqual([[subscription, 'newer'], [subscription, 'newer']]);
  });

  test('a failed subscription is told, and opened again on retry', async () => {
    let attempts = 0;
    const { list } = opened(() => (++attempts === 1 ? Promise.reject({ kind: 'storage' }) : Promise.resolve(subscription)));
    await settle();
    expect(list.error?.kind).toBe('storage');
    list.retry();
    await settle();
    expect(list.error).toBeNull();
    expect(attempts).toBe(2);
  });

  test('closing before the subscription is open still ends it, and late batches are ignored', async () => {
    let answer: (id: number) => void = () => {};
    const { list, backend, send } = opened(() => new Promise((resolve) => (answer = resolve)));
    list.close();
    send(reset('late'));
    answer(subscription);
    await settle();
    expect(list.rows).toEqual([]);
    expect(backend.unsubscribe).toHaveBeenCalledWith(subscription);
  });
});
