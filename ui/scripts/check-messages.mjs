// All languages say the same things with the same parameters, and nothing is said that nobody reads.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const locales = JSON.parse(readFileSync('project.inlang/settings.json', 'utf8')).locales;
const messages = Object.fromEntries(locales.map((locale) => [locale, JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8'))]));
const parameters = (message) => [...new Set([...JSON.stringify(message).matchAll(/\{(\w+)\}/g)].map((match) => match[1]))].sort().join(',');
const keys = [...new Set(locales.flatMap((locale) => Object.keys(messages[locale])))].filter((key) => key !== '$schema');

const problems = [];
for (const key of keys) {
  for (const locale of locales) {
    if (!(key in messages[locale])) problems.push(`${locale}: ${key} is missing`);
    else if (parameters(messages[locale][key]) !== parameters(messages.de[key])) problems.push(`${locale}: ${key} has other parameters than German`);
  }
}

const source = readdirSync('src', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.parentPath.includes('paraglide') && /\.(svelte|ts)$/.test(entry.name))
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
  .join('\n');
const used = new Set([...source.matchAll(/\bm\.(\w+)/g)].map((match) => match[1]));
for (const key of keys) if (!used.has(key)) problems.push(`${key} is never used`);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${keys.length} messages in ${locales.join(', ')}`);
