// A list that the core keeps up to date: rooms, messages, members.
//
// Batches are applied strictly in order. Seq 0 starts anew at any time; a gap throws away what
// follows it and asks for a fresh snapshot. Every batch is acknowledged, also those thrown away:
// the core sends the next one only then.

import type { Backend } from '../backend';
import type { Batch, Direction, SubscriptionId, WireError } from '../protocol';
import { applyBatch } from './apply-batch';

type ListBackend = Pick<Backend, 'acknowledge' | 'resync' | 'loadMore' | 'unsubscribe'>;
type Open<T> = (onBatch: (batch: Batch<T>) => void) => Promise<SubscriptionId>;

export class LiveList<T> {
  rows = $state.raw<readonly T[]>([]);
  /** The first snapshot is here, so that an empty list means that there is nothing. */
  loaded = $state(false);
  loadingMore = $state(false);
  /** Nothing further can be loaded. */
  complete = $state(false);
  /** Nothing newer can be loaded. Only a timeline around one event has newer pages. */
  completeNewer = $state(false);
  error = $state.raw<WireError | null>(null);
  /** Which pages the error is about, where it is about pages. */
  failedDirection = $state<Direction>('older');

  readonly #backend: ListBackend;
  readonly #open: Open<T>;
  #subscription: SubscriptionId | null = null;
  #nextSeq = 0;
  #resyncing = false;
  #closed = false;
  /** Counts the restarts: an answer from before one says nothing about the list of now. */
  #round = 0;

  constructor(backend: ListBackend, open: Open<T>) {
    this.#backend = backend;
    this.#open = open;
    void this.#subscribe();
  }

  get subscription(): SubscriptionId | null {
    return this.#subscription;
  }

  /** Asks for the next page, once at a time. */
  async loadMore(direction: Direction = 'older'): Promise<void> {
    const complete = direction === 'older' ? this.complete : this.completeNewer;
    if (this.#subscription === null || this.loadingMore || complete || this.#closed) return;
    this.loadingMore = true;
    const round = this.#round;
    try {
      const end = (await this.#backend.loadMore(this.#subscription, direction)) === 'end';
      if (direction === 'older') this.complete = end && round === this.#round;
      else this.completeNewer = end;
      this.error = null;
    } catch (error) {
      this.error = error as WireError;
      this.failedDirection = direction;
    } finally {
      this.loadingMore = false;
    }
  }

  /** Tries again after an error. */
  retry(): void {
    this.error = null;
    if (this.#subscription === null) void this.#subscribe();
    else void this.loadMore(this.failedDirection);
  }

  /** The list will now be about something else, so there may be more again. */
  restart(): void {
    this.complete = false;
    this.#round += 1;
  }

  close(): void {
    this.#closed = true;
    if (this.#subscription !== null) void this.#backend.unsubscribe(this.#subscription).catch(() => {});
  }

  async #subscribe(): Promise<void> {
    try {
      this.#subscription = await this.#open((batch) => this.#receive(batch));
      if (this.#closed) await this.#backend.unsubscribe(this.#subscription).catch(() => {});
    } catch (error) {
      if (!this.#closed) this.error = error as WireError;
    }
  }

  #receive(batch: Batch<T>): void {
    if (this.#closed) return;
    // A batch may be here before the subscription's own answer, so it carries the identifier.
    const { subscription, seq } = batch;
    if (seq === 0) this.#resyncing = false;
    if (!this.#resyncing) {
      if (seq === 0 || seq === this.#nextSeq) {
        this.rows = applyBatch(this.rows, batch);
        this.#nextSeq = seq + 1;
        this.loaded = true;
        this.error = null;
      } else {
        this.#resyncing = true;
        this.#backend.resync(subscription).catch((error: WireError) => {
          this.#resyncing = false;
          if (!this.#closed) this.error = error;
        });
      }
    }
    void this.#backend.acknowledge(subscription, seq).catch(() => {});
  }
}
