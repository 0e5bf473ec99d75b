// A browser for the fixture, which is served as the real window serves it: with its content security policy, and with
// Object.prototype frozen.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

import { chromium } from 'playwright-core';

import { settled, watchLoading } from './steps.mjs';

const root = fileURLToPath(new URL('../../dist-fixture', import.meta.url));
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; media-src blob:; worker-src 'self'; connect-src 'self' blob:";
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };

function serve() {
  return createServer((request, response) => {
    const path = new URL(request.url, 'http://localhost').pathname;
    try {
      const body = readFileSync(path === '/axe.js' ? axe : join(root, path === '/' ? 'index.html' : path));
      response.writeHead(200, { 'content-type': types[extname(path) || '.html'] ?? 'application/octet-stream', 'content-security-policy': policy, 'cache-control': 'max-age=3600' });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, 'localhost');
}

export async function openBrowser() {
  const server = serve();
  const browser = await chromium.launch({
    executablePath: process.env.HEROLD_CHROMIUM || '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const options = { baseURL: `http://localhost:${server.address().port}`, reducedMotion: 'reduce', locale: 'de-DE' };
  return {
    /** In a window of its own: pages in one window are drawn one at a time only. */
    async newPage() {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(20_000);
      await context.addInitScript(() => Object.freeze(Object.prototype));
      const page = await context.newPage();
      watchLoading(page);
      return page;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** Shows a view (see views.mjs), with a picture where one is wanted, and returns what is wrong with it, and where the
    picture of a view is that could not be reached. The fixture keeps nothing, so one page can show one view after the
    other. */
export async function examine(page, { name, query, act, viewport, forcedColors }, picture) {
  const problems = [];
  const hear = (message) => ['error', 'warning'].includes(message.type()) && !/favicon/.test(message.location().url) && problems.push(`console: ${message.text()}`);
  const fail = (error) => problems.push(error.stack);
  page.on('console', hear);
  page.on('pageerror', fail);
  try {
    await page.mouse.move(-1, -1);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ forcedColors });
    await page.goto(`/?${query}`);
    await page.waitForFunction(() => performance.getEntriesByName('herold:first-paint').length > 0);
    await settled(page);
    if (act) await act(page);
    await settled(page);
    if (picture) await page.screenshot({ path: picture });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth || document.body.scrollWidth > window.innerWidth);
    if (wide) problems.push('scrolls sideways');
    await page.addScriptTag({ url: '/axe.js' });
    const violations = await page.evaluate(async () =>
      (await window.axe.run(document, { resultTypes: ['violations'] })).violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 2).map(({ target, failureSummary }) => `${target.join(' ')} ${failureSummary?.split('\n').slice(1).join(' ')}`) })),
    );
    problems.push(...violations.map(({ id, nodes }) => `axe ${id}: ${nodes.join(' | ')}`));
  } catch (error) {
    const unreached = join(tmpdir(), `herold-unreached-${name}.png`);
    problems.push(stripVTControlCharacters(error.message).split('\n').slice(0, 4).join(' '), `it looked like ${unreached}`);
    await page.screenshot({ path: unreached }).catch(() => {});
  }
  page.off('console', hear);
  page.off('pageerror', fail);
  return problems;
}
