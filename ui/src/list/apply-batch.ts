// Brings a list up to date with one batch. Mirrors `eyeball_im::VectorDiff::apply`; a property test
// on the Rust side holds the two together, so this file imports nothing but types.

import type { ListOp } from '../protocol';

/** The rows after the batch, as a new array. The rows before it are left as they were. */
export function applyBatch<T>(rows: readonly T[], batch: { ops: readonly ListOp<T>[] }): T[] {
  let next = rows.slice();
  for (const op of batch.ops) {
    switch (op.type) {
      case 'append':
        // Not `push(...values)`: a spread of many thousand arguments overflows the stack.
        next = next.concat(op.values);
        break;
      case 'clear':
        next = [];
        break;
      case 'pushFront':
        next.unshift(op.value);
        break;
      case 'pushBack':
        next.push(op.value);
        break;
      case 'popFront':
        next.shift();
        break;
      case 'popBack':
        next.pop();
        break;
      case 'insert':
        next.splice(op.index, 0, op.value);
        break;
      case 'set':
        next[op.index] = op.value;
        break;
      case 'remove':
        next.splice(op.index, 1);
        break;
      case 'truncate':
        next.length = Math.min(next.length, op.length);
        break;
      case 'reset':
        next = op.values.slice();
        break;
    }
  }
  return next;
}
