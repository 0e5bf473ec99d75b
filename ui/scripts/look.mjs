// Shows every screen of the fixture as people will see it, and lets axe-core look at it as well.
// Served with the content security policy of the real window, and with Object.prototype frozen.
//
//   npm run look                 everything, into /tmp/herold-ui-shots
//   node scripts/look.mjs main   only shots whose name contains "main" (needs a fixture build)

import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

import { chromium } from 'playwright-core';

const root = '/tmp/herold-ui-fixture';
const out = '/tmp/herold-ui-shots';
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const only = process.argv[2] ?? '';
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; connect-src 'self'";
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };

const server = createServer((request, response) => {
  const path = new URL(request.url, 'http://localhost').pathname;
  try {
    const body = readFileSync(join(root, path === '/' ? 'index.html' : path));
    response.writeHead(200, { 'content-type': types[extname(path) || '.html'] ?? 'application/octet-stream', 'content-security-policy': policy });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
}).listen(0);
const origin = `http://localhost:${server.address().port}`;

const sizes = { desktop: [1280, 800], phone: [390, 844], zoom: [320, 256] };
const all = ['desktop', 'phone', 'zoom'];
const room = (id) => async (page) => {
  const row = page.locator(`[data-room-id="${id}"]`).first();
  const list = page.locator('[data-testid=room-list] [role=list]');
  for (let top = 0; top < 4000 && (await row.count()) === 0; top += 300) {
    await list.evaluate((element, to) => element.scrollTo(0, to), top);
    await page.waitForTimeout(60);
  }
  await row.click({ timeout: 5000 });
  await page.locator('[data-testid=message], [data-testid=invitation], [data-testid=timeline-empty], [data-testid=room-error]').first().waitFor();
  await page.waitForTimeout(350);
};
const council = room('!amtsleitung:musterstadt.de');
const press = (...keys) => async (page) => {
  for (const key of keys) await page.keyboard.press(key);
  await page.waitForTimeout(250);
};
const then = (...steps) => async (page) => {
  for (const step of steps) await step(page);
};
const click = (testid) => async (page) => {
  await page.locator(`[data-testid="${testid}"]`).first().click();
  await page.waitForTimeout(300);
};
const scrollTimeline = (top) => async (page) => {
  await page.locator('[data-testid=timeline] [role=list]').evaluate((list, to) => list.scrollTo(0, to < 0 ? list.scrollHeight : to), top);
  await page.waitForTimeout(700);
};
const openDetails = then(council, click('details-toggle'), (page) => page.locator('[data-testid=member]').first().waitFor());

/** Name, address, what to do, sizes. */
const screens = [
  ['sign-in', 'session=signedOut', null, all],
  ['sign-in-wrong', 'session=signedOut', async (page) => {
    await page.fill('[data-testid=homeserver-input]', 'musterstadt.de');
    await page.fill('[data-testid=username-input]', 'sabine.vogt');
    await page.fill('[data-testid=password-input]', 'falsch');
    await click('sign-in')(page);
    await page.locator('[data-testid=sign-in-error]').waitFor();
  }, ['desktop', 'phone']],
  ['password', 'session=passwordNeeded', null, ['desktop', 'zoom']],
  ['blocked-key-file', 'session=blocked&error=keyringMissing', null, all],
  ['blocked-damaged', 'session=blocked&error=storeUnreadable', click('remedy-setAside'), ['desktop', 'phone']],
  ['signing-out', 'session=signingOut', null, ['desktop']],
  ['starting', 'session=starting', (page) => page.waitForTimeout(500), ['desktop', 'phone']],
  ['main-list', '', null, all],
  ['main-empty', 'empty', null, ['desktop', 'phone']],
  ['main-conversation', '', council, all],
  ['main-conversation-end', '', then(council, scrollTimeline(-1)), ['desktop', 'phone']],
  ['main-conversation-rich', '', then(council, scrollTimeline(900)), ['desktop', 'phone', 'zoom']],
  ['main-direct', '', room('!yilmaz:musterstadt.de'), ['desktop', 'phone']],
  ['main-announcements', '', room('!aktuelles:musterstadt.de'), ['desktop']],
  ['main-nothing-written', '', room('!leer:musterstadt.de'), ['desktop']],
  ['main-invitation', '', room('!einladung1:land.de'), all],
  ['main-details', '', openDetails, all],
  ['main-offline', 'connection=offline', council, all],
  ['main-catching-up', 'connection=catchingUp', council, ['desktop']],
  ['main-problem', 'problem', (page) => page.locator('[data-testid=problem]').waitFor(), ['desktop', 'phone']],
  ['main-room-error', 'fail=subscribeRoom&error=forbidden', council, ['desktop']],
  ['main-list-error', 'fail=subscribeRooms&error=storage', (page) => page.waitForTimeout(300), ['desktop']],
  ['main-older-failed', 'fail=loadMore&error=offline', then(council, scrollTimeline(0)), ['desktop']],
  ['main-send-failed', 'fail=sendText&error=diskFull', then(council, async (page) => {
    await page.fill('[data-testid=composer]', 'Dieser Text darf nicht verloren gehen.\nAuch die zweite Zeile nicht.');
    await click('send')(page);
  }), ['desktop', 'phone']],
  ['search', '', async (page) => {
    await page.fill('[data-testid=room-search]', 'bgr');
    await page.waitForTimeout(200);
  }, ['desktop', 'phone']],
  ['search-nothing', '', async (page) => {
    await page.fill('[data-testid=room-search]', 'xqz');
    await page.waitForTimeout(200);
  }, ['desktop']],
  ['switcher', '', then(press('Control+k'), (page) => page.locator('[data-testid=switcher-result]').first().waitFor()), all],
  ['shortcuts', '', then(press('?'), (page) => page.locator('[data-testid=shortcut-sheet]').waitFor()), all],
  ['settings', 'managed', then(click('open-settings'), (page) => page.locator('[data-testid=settings]').waitFor()), all],
  ['sign-out', '', then(click('open-settings'), (page) => page.locator('[data-testid=sign-out]').click(), (page) => page.locator('[data-testid=confirm-sign-out]').waitFor()), all],
  ['link-question', '', then(council, scrollTimeline(0), async (page) => {
    const link = page.locator('.mismatch');
    const list = page.locator('[data-testid=timeline] [role=list]');
    await scrollTimeline(-1)(page);
    for (let step = 0; step < 40 && (await link.count()) === 0; step += 1) {
      await list.evaluate((element) => element.scrollBy(0, -250));
      await page.waitForTimeout(60);
    }
    await link.first().click({ timeout: 5000 });
    await page.locator('[data-testid=link-question]').waitFor();
  }), ['desktop', 'phone']],
];

const looks = [
  { name: 'light', query: 'theme=light&language=de' },
  { name: 'dark', query: 'theme=dark&language=de' },
  { name: 'contrast', query: 'theme=highContrast&language=de' },
  { name: 'french', query: 'theme=light&language=fr', sizes: ['desktop'] },
  { name: 'forced', query: 'theme=system&language=en', sizes: ['desktop'], forcedColors: 'active' },
];

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});

let shots = 0;
const problems = [];
for (const [name, query, act, on] of screens) {
  for (const size of on) {
    for (const look of looks) {
      const shot = `${name}-${size}-${look.name}`;
      if (!shot.includes(only) || (look.sizes && !look.sizes.includes(size))) continue;
      const [width, height] = sizes[size];
      const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', forcedColors: look.forcedColors ?? 'none', locale: 'de-DE' });
      const page = await context.newPage();
      page.setDefaultTimeout(6000);
      page.on('console', (message) => ['error', 'warning'].includes(message.type()) && !/favicon/.test(message.location().url) && problems.push(`${shot}: console: ${message.text()}`));
      page.on('pageerror', (error) => problems.push(`${shot}: ${error.stack}`));
      await page.addInitScript(() => Object.freeze(Object.prototype));
      try {
        await page.goto(`${origin}/?${[query, look.query].filter(Boolean).join('&')}`);
        await page.waitForFunction(() => performance.getEntriesByName('herold:first-paint').length > 0);
        if (query === '' && size !== 'none') await page.locator('[data-testid=room-row]').first().waitFor();
        await page.waitForTimeout(150);
        if (act) await act(page);
        await page.screenshot({ path: `${out}/${shot}.png` });
        shots += 1;
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth || document.body.scrollWidth > window.innerWidth);
        if (wide) problems.push(`${shot}: scrolls sideways`);
        await page.evaluate(readFileSync(axe, 'utf8'));
        const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        for (const violation of found.violations) {
          problems.push(`${shot}: axe ${violation.id}: ${violation.nodes.slice(0, 2).map((node) => `${node.target.join(' ')} ${node.failureSummary?.split('\n').slice(1).join(' ')}`).join(' | ')}`);
        }
      } catch (error) {
        problems.push(`${shot}: ${error.message.split('\n').slice(0, 4).join(' ')}`);
      }
      await context.close();
    }
  }
}
await browser.close();
server.close();
console.log(`${shots} screens in ${out}`);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`${problems.length} problems`);
  process.exit(1);
}
