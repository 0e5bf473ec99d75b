// Shows every screen of the fixture as people will see it, and lets axe-core look at it as well.
//
//   npm run look [-- PART]           in every size and look, with pictures in /tmp/herold-ui-shots
//   npm run look -- --once [PART]    each in one size and look, without pictures: what `make test` does
//
// PART leaves out what does not have it in its name. HEROLD_CHROMIUM names another browser than Debian's
// chromium-headless-shell.

import { mkdirSync } from 'node:fs';

import { examine, openBrowser } from './look/browser.mjs';
import screens from './look/screens.mjs';
import { everyView, oneViewEach } from './look/views.mjs';

const out = '/tmp/herold-ui-shots';
/** Enough for two cores. */
const pagesAtOnce = 4;
const once = process.argv.includes('--once');
const part = process.argv.slice(2).find((argument) => argument !== '--once') ?? '';

const views = (once ? oneViewEach : everyView)(screens).filter(({ name }) => name.includes(part));
if (!once) mkdirSync(out, { recursive: true });

const browser = await openBrowser();
const waiting = [...views];
let failed = 0;

async function work() {
  const page = await browser.newPage();
  for (let view = waiting.shift(); view; view = waiting.shift()) {
    const problems = await examine(page, view, once ? null : `${out}/${view.name}.png`);
    if (problems.length > 0) failed += 1;
    for (const problem of problems) console.error(`${view.name}: ${problem}`);
  }
}
await Promise.all(Array.from({ length: pagesAtOnce }, work));
await browser.close();

// scripts/test.sh counts with this line.
console.log(`${views.length} screens: ${views.length - failed} passed, ${failed} failed`);
if (!once) console.log(`Pictures are in ${out}`);
process.exit(failed > 0 || views.length === 0 ? 1 : 0);
