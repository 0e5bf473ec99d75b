// Rules that no compiler knows: no HTML from strings, one file that talks to Tauri, modules replaced where nobody shares them.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const problems = [];
for (const entry of readdirSync('src', { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || path.startsWith('src/paraglide') || !/\.(svelte|ts|css)$/.test(path)) continue;
  const text = readFileSync(path, 'utf8');
  const refuse = (pattern, rule) => {
    const match = pattern.exec(text);
    if (match) problems.push(`${path}:${text.slice(0, match.index).split('\n').length}: ${rule}`);
  };
  refuse(/\{@html\b|\binnerHTML\b|\binsertAdjacentHTML\b/, 'HTML from strings is not allowed');
  refuse(/\beval\(|new Function\(/, 'code from strings is not allowed');
  if (path !== 'src/tauri.ts') refuse(/@tauri-apps\//, 'only src/tauri.ts imports Tauri');
  if (/\.test\.ts$/.test(path) && !path.endsWith('.isolated.test.ts')) refuse(/\bvi\.(mock|stubEnv)\(/, 'a test that replaces modules or the time zone is called NAME.isolated.test.ts');
  if (/\.svelte$/.test(path)) {
    refuse(/\sstyle="/, 'inline styles are refused by the content security policy; use a class or style:');
    refuse(/#[0-9a-fA-F]{3,8}\b(?=[^<]*<\/style>)|\brgba?\((?=[^<]*<\/style>)|\boklch\((?=[^<]*<\/style>)/, 'raw colour; use a token from styles/tokens.css');
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
