// Applies batches with the interface's own `applyBatch`, for the property test in pump.rs.
//
// One JSON line in, one out: {"list": 1, "batch": {...}} answers the rows of that list after the batch.
// {"list": 1, "end": true} forgets the list.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ui = new URL('../../../../ui/', import.meta.url);
const ts = createRequire(fileURLToPath(new URL('package.json', ui)))('typescript');
const source = readFileSync(new URL('src/list/apply-batch.ts', ui), 'utf8');
const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
const { outputText } = ts.transpileModule(source, { compilerOptions: options });
const { applyBatch } = await import(`data:text/javascript,${encodeURIComponent(outputText)}`);

const lists = new Map();
for await (const line of createInterface({ input: process.stdin })) {
  const { list, batch, end } = JSON.parse(line);
  // Frozen: the rows on screen must not change under it.
  const rows = end ? [] : applyBatch(Object.freeze(lists.get(list) ?? []), batch);
  if (end) lists.delete(list);
  else lists.set(list, rows);
  process.stdout.write(`${JSON.stringify(rows)}\n`);
}
