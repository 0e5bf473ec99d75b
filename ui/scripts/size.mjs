// What the first frame costs: everything index.html loads before any lazy part, gzipped.

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const limit = 100 * 1024;
const html = readFileSync('dist/index.html', 'utf8');
const initial = new Set();
const visit = (file) => {
  if (initial.has(file)) return;
  initial.add(file);
  if (!file.endsWith('.js')) return;
  const text = readFileSync(join('dist', file), 'utf8');
  // Static imports only: `import ... from "./x.js"` and `import "./x.js"`, not `import("./x.js")`.
  for (const match of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) visit(`assets/${match[1]}`);
};
for (const match of html.matchAll(/(?:src|href)="\/?([^"]+\.(?:js|css))"/g)) visit(match[1]);

const gz = (file) => gzipSync(readFileSync(join('dist', file)), { level: 9 }).length;
const kb = (bytes) => `${(bytes / 1024).toFixed(1).padStart(7)} KB`;
let total = 0;
for (const file of initial) {
  total += gz(file);
  console.log(`${kb(gz(file))}  ${file}`);
}
console.log(`${kb(total)}  initial, gzipped (limit ${kb(limit).trim()})`);
let lazy = 0;
for (const name of readdirSync('dist/assets')) {
  const file = `assets/${name}`;
  if (initial.has(file) || !statSync(join('dist', file)).isFile() || !/\.(js|css)$/.test(name)) continue;
  lazy += gz(file);
  console.log(`${kb(gz(file))}  ${file} (lazy)`);
}
console.log(`${kb(lazy)}  lazy, gzipped`);
if (total > limit) {
  console.error('The initial bundle is too large.');
  process.exit(1);
}
