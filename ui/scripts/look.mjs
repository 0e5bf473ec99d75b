// Shows every screen of the fixture as people will see it, and lets axe-core look at it as well.
// Served with the content security policy of the real window, and with Object.prototype frozen.
//
//   npm run look                 everything, into /tmp/herold-ui-shots
//   node scripts/look.mjs main   only shots whose name contains "main" (needs a fixture build)
//
// HEROLD_CHROMIUM names another browser than Debian's Chromium.

import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';

import { chromium } from 'playwright-core';

const root = '/tmp/herold-ui-fixture';
const out = '/tmp/herold-ui-shots';
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const only = process.argv[2] ?? '';
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; font-src 'self'; media-src blob:; worker-src 'self'; connect-src 'self' blob:";
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2', '.svg': 'image/svg+xml' };

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
const visible = (testid) => (page) => page.locator(`[data-testid="${testid}"]`).first().waitFor();
const type = (text) => async (page) => {
  await page.locator('[data-testid=composer]').first().focus();
  await page.keyboard.type(text);
  await page.waitForTimeout(250);
};
/** A button on a wide screen, an entry of the menu on a phone. */
const showFormatting = async (page) => {
  if (await page.locator('[data-testid=toggle-formatting]').isVisible()) await click('toggle-formatting')(page);
  else await then(click('composer-more'), click('menu-formatting'))(page);
  await visible('formatting-toolbar')(page);
};
const openDetails = then(council, click('details-toggle'), (page) => page.locator('[data-testid=member]').first().waitFor());

const pollRoom = room('!buergerbuero:musterstadt.de');
const mediaRoom = room('!bauamt:musterstadt.de');
const linkRoom = room('!presse:musterstadt.de');
/** Scrolls up until there is such a control, and puts it into the middle. */
const inView = (selector) => async (page) => {
  const list = page.locator('[data-testid=timeline] [role=list]');
  const found = page.locator(selector).last();
  await scrollTimeline(-1)(page);
  for (let step = 0; step < 120 && (await found.count()) === 0; step += 1) {
    await list.evaluate((element) => element.scrollBy(0, -200));
    await page.waitForTimeout(50);
  }
  await found.evaluate((element) => element.scrollIntoView({ block: 'center' }));
  await page.waitForTimeout(400);
};
const clickIn = (selector) => then(inView(selector), (page) => page.locator(selector).last().click());
const agenda = '[data-event-id="$haushalt"]';
/** Puts the focus on the message that has everything, and presses keys there. */
const onMessage = (...keys) => then(council, inView(agenda), (page) => page.locator(agenda).last().focus(), press(...keys));
const editPoll = then(
  clickIn('[data-testid=poll-menu]'),
  click('menu-edit-poll'),
  (page) => page.locator('[data-testid=poll-dialog]').waitFor(),
);

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
  ['main-offline-certificate', 'connection=offline&reason=certificate', then(council, (page) => page.locator('[data-testid=try-now]').focus()), all],
  ['main-catching-up', 'connection=catchingUp', council, ['desktop']],
  ['main-problem', 'problem', (page) => page.locator('[data-testid=problem]').waitFor(), ['desktop', 'phone']],
  ['main-edit-refused', 'refused', (page) => page.locator('[data-testid=unsent-edit]').waitFor(), all],
  ['main-room-error', 'fail=subscribeRoom&error=forbidden', council, ['desktop']],
  ['main-list-error', 'fail=subscribeRooms&error=storage', (page) => page.waitForTimeout(300), ['desktop']],
  ['main-older-failed', 'fail=loadMore&error=offline', then(council, scrollTimeline(0)), ['desktop']],
  ['main-send-failed', 'fail=sendMessage&error=diskFull', then(council, async (page) => {
    await page.fill('[data-testid=composer]', 'Dieser Text darf nicht verloren gehen.\nAuch die zweite Zeile nicht.');
    await click('send')(page);
  }), ['desktop', 'phone']],
  ['composer-suggestions', '', then(council, type('Guten Tag @t'), visible('suggestion')), all],
  ['composer-mention', '', then(council, type('Guten Tag @aylin'), visible('suggestion'), press('Enter'), type('und @room '), visible('mentions')), all],
  ['composer-everyone', '', then(council, type('@room'), visible('suggestion'), press('Enter'), type('Die Sitzung fällt aus.'), press('Enter'), visible('everyone-question')), ['desktop', 'phone', 'zoom']],
  ['composer-emoji-name', '', then(council, type('Danke :dau'), visible('suggestion')), ['desktop', 'phone']],
  ['composer-emoji-code', '', then(council, type('Danke :heart_'), visible('suggestion')), ['desktop', 'phone']],
  ['composer-emoji', '', then(council, click('open-emoji'), visible('emoji-picker'), (page) => page.waitForTimeout(300)), all],
  ['composer-emoji-people', '', then(council, click('open-emoji'), visible('emoji-picker'), click('emoji-group-people'), click('emoji-tone')), ['desktop', 'phone', 'zoom']],
  ['composer-emoji-search', '', then(council, click('open-emoji'), visible('emoji-picker'), (page) => page.fill('[data-testid=emoji-search]', 'herz'), (page) => page.waitForTimeout(200)), ['desktop', 'phone']],
  ['composer-menu', '', then(council, click('composer-more'), visible('composer-menu')), all],
  ['composer-formatting', '', then(council, showFormatting, type('Bitte **bis Freitag** hochladen'), click('text-preview-toggle'), visible('text-preview')), all],
  ['composer-edit', '', then(council, type(''), press('ArrowUp'), visible('edit-bar')), all],
  ['composer-reply', '', then(council, scrollTimeline(-1), async (page) => {
    await page.locator('[data-testid=message]').filter({ hasText: 'Es dauert nicht lange.' }).hover();
    await click('toolbar-reply')(page);
    await visible('reply-bar')(page);
  }), ['desktop', 'phone']],
  ['composer-undo', '', then(council, type('Ist erledigt.'), press('Enter'), visible('undo-send'), (page) => page.waitForTimeout(300)), all],
  ['composer-files', '', then(council, click('composer-more'), click('attach-file'), visible('attach-dialog')), all],
  ['composer-dropped', 'drop', then(council, visible('attach-dialog')), ['desktop', 'phone', 'zoom']],
  ['composer-files-text', '', then(council, type('Guten Tag @aylin'), visible('suggestion'), press('Enter'), click('composer-more'), click('attach-file'), visible('attach-dialog'), (page) => page.locator('[data-testid=attach-caption]').focus(), (page) => page.keyboard.type('und @t'), visible('suggestion')), all],
  ['composer-location', '', then(council, click('composer-more'), click('share-location'), visible('location-dialog'), click('location-send')), all],
  ['voice-recording', '', then(council, click('record-voice'), visible('recording-stop'), (page) => page.waitForTimeout(300)), all],
  ['voice-recorded', '', then(council, click('record-voice'), visible('recording-stop'), click('recording-stop'), visible('voice-player')), all],
  ['voice-silent', 'recording=silent', then(council, click('record-voice'), visible('recording-notice')), ['desktop', 'phone', 'zoom']],
  ['voice-lost', 'recording=lost', then(council, click('record-voice'), visible('recording-notice')), ['desktop', 'phone']],
  ['voice-delete', '', then(council, click('record-voice'), visible('recording-stop'), press('Escape'), visible('recording-question')), all],
  ['voice-not-sent', 'fail=sendRecording&error=diskFull', then(council, click('record-voice'), visible('recording-stop'), click('recording-send'), visible('recording-error')), ['desktop', 'phone']],
  ['voice-refused', 'fail=startRecording&error=microphoneRefused', then(council, click('record-voice'), visible('problem')), ['desktop', 'phone']],
  ['composer-too-long', '', then(council, (page) => page.fill('[data-testid=composer]', 'Sehr geehrte Damen und Herren. '.repeat(2000)), visible('send-as-file')), ['desktop', 'phone', 'zoom']],
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
  ['polls-room', '', then(pollRoom, inView('[data-testid=poll]')), all],
  ['polls-table', '', then(pollRoom, clickIn('[data-testid=poll-as-table]')), ['desktop', 'phone']],
  ['polls-menu', '', then(pollRoom, clickIn('[data-testid=poll-menu]'), (page) => page.locator('[role=menuitem]').first().waitFor()), all],
  ['polls-results', '', then(pollRoom, clickIn('[data-testid=poll]:has-text("24.12.") [data-testid=poll-open-results]'), (page) => page.locator('[data-testid=poll-missing]').waitFor()), all],
  ['polls-results-many', '', then(room('!aktuelles:musterstadt.de'), clickIn('[data-testid=poll-open-results]'), (page) => page.locator('[data-testid=poll-missing]').waitFor()), ['desktop']],
  ['polls-end', '', then(pollRoom, clickIn('[data-testid=poll-menu]'), click('menu-end-poll'), (page) => page.locator('[data-testid=end-poll]').waitFor()), all],
  ['polls-new', '', then(pollRoom, editPoll, async (page) => {
    await page.fill('[data-testid=poll-question]', '');
    await page.locator('[data-testid=poll-answer]').nth(1).fill('Schifffahrt');
    await click('poll-template-dates')(page);
    await click('poll-create')(page);
  }), all],
  ['polls-dates', '', then(pollRoom, editPoll, click('poll-template-dates'), async (page) => {
    await page.fill('[data-testid=poll-date]', '2030-12-10');
    await page.fill('[data-testid=poll-date-from]', '09:00');
    await page.fill('[data-testid=poll-date-to]', '10:30');
    await click('poll-date-add')(page);
    await page.locator('[data-testid=poll-date]').scrollIntoViewIfNeeded();
  }), ['desktop', 'phone']],
  ['polls-list', '', then(pollRoom, click('open-room-menu'), click('menu-polls'), (page) => page.locator('[data-testid=poll-entry]').first().waitFor()), all],
  ['files-list', '', then(mediaRoom, click('open-room-menu'), click('menu-files'), (page) => page.locator('[data-testid=file-entry]').first().waitFor()), all],
  ['files-pictures', '', then(mediaRoom, click('open-room-menu'), click('menu-files'), click('files-pictures'), (page) => page.locator('[data-testid=picture-tile]').first().waitFor()), ['desktop', 'phone']],
  ['files-nothing', '', then(room('!leer:musterstadt.de'), click('open-room-menu'), click('menu-files'), (page) => page.locator('[data-testid=files-empty]').waitFor()), ['desktop']],
  ['media-room', '', then(mediaRoom, inView('[data-testid=voice-player]')), all],
  ['media-room-end', '', then(mediaRoom, scrollTimeline(-1)), all],
  ['media-voice', '', then(mediaRoom, inView('[data-testid=voice-player]'), async (page) => {
    await page.locator('[data-testid=voice-play]').last().click();
    await page.locator('[data-testid=voice-player][data-state=ready]').waitFor();
    await page.locator('[data-testid=voice-play]').first().click();
    await page.locator('[data-testid=voice-player][data-state=refused]').waitFor();
  }), ['desktop', 'phone']],
  ['media-video', '', then(mediaRoom, clickIn('[data-testid=play-video]'), (page) => page.locator('[data-testid=video][data-state=ready]').waitFor()), ['desktop', 'phone']],
  ['media-picture', '', then(mediaRoom, clickIn('[aria-label*="Baustelle 3"]'), (page) => page.locator('.full.loaded').waitFor(), press('+', '+', 'ArrowRight')), all],
  ['media-open-question', '', then(mediaRoom, clickIn('[data-testid=open-file][aria-label*=".exe"]'), async (page) => {
    await page.locator('[data-testid=open-question]').waitFor();
  }), ['desktop', 'phone']],
  ['media-text', '', then(mediaRoom, clickIn('[data-testid=preview-file][aria-label*=".csv"]'), (page) => page.locator('[data-testid=text-preview] pre').waitFor()), ['desktop', 'phone']],
  ['media-pdf', '', then(mediaRoom, clickIn('[data-testid=preview-file][aria-label*="Niederschrift vom"]'), (page) => page.locator('[data-testid=pdf-sheet][data-drawn=true]').waitFor()), all],
  ['message-focus', '', onMessage('ArrowDown', 'ArrowUp'), ['desktop', 'phone']],
  ['message-menu', '', then(onMessage('Enter'), visible('message-menu')), all],
  ['message-select', '', then(onMessage('x'), visible('selection-bar'), press('Shift+ArrowUp', 'Shift+ArrowUp')), all],
  ['message-forward', '', then(onMessage('f'), visible('forward-room')), all],
  ['message-details', '', then(onMessage('i'), visible('reader-list')), all],
  ['message-history', '', then(onMessage('i'), click('open-history'), visible('revision')), ['desktop', 'phone']],
  ['message-delete', '', then(onMessage('Delete'), visible('delete-dialog')), all],
  ['message-delete-failed', 'fail=redactMessage&error=diskFull', then(onMessage('x'), visible('selection-bar'), press('Shift+ArrowUp', 'Shift+ArrowUp'), click('delete-selection'), click('confirm-delete'), visible('delete-failed')), all],
  ['message-report', '', then(onMessage('Enter'), click('menu-report'), visible('report-dialog')), ['desktop', 'zoom']],
  ['message-emoji', '', then(onMessage('+'), visible('emoji-search')), ['desktop', 'phone']],
  ['changes-unfolded', '', then(council, clickIn('[data-testid=folded-changes]'), (page) => page.waitForTimeout(300)), ['desktop', 'phone']],
  ['thread', '', then(council, clickIn('[data-testid=thread-summary]'), visible('close-thread'), (page) => page.waitForTimeout(500)), all],
  ['room-menu', '', then(council, click('open-room-menu'), visible('room-menu')), all],
  ['threads', '', then(council, click('open-room-menu'), click('menu-threads'), visible('thread')), all],
  ['pins', '', then(council, click('open-room-menu'), click('menu-pins'), visible('pinned-message')), all],
  ['pins-none', '', then(room('!presse:musterstadt.de'), click('open-room-menu'), click('menu-pins'), visible('pins-empty')), ['desktop']],
  ['date', '', then(council, click('open-room-menu'), click('menu-date'), click('confirm-date')), all],
  ['jump-unread', '', then(room('!itbetrieb:musterstadt.de'), visible('jump-to-unread')), all],
  ['jumped', '', then(room('!itbetrieb:musterstadt.de'), visible('jump-to-unread'), (page) => page.locator('[data-testid=jump-to-unread] button').first().click(), (page) => page.locator('.flashed').waitFor()), ['desktop', 'phone']],
  ['room-row-menu', '', then((page) => page.locator('[data-testid=room-row]').nth(3).click({ button: 'right' }), visible('room-row-menu')), ['desktop', 'phone']],
  ['link-previews', 'previews=on', then(linkRoom, visible('link-card'), inView('[data-testid=link-card]')), all],
  ['link-previews-above', 'previews=on', then(linkRoom, visible('link-card'), inView('.place .host:text("recht.example")')), ['desktop', 'phone']],
  ['link-preview-ask', 'previews=ask', then(linkRoom, visible('load-link-preview'), inView('[data-testid=load-link-preview]'), (page) => page.locator('[data-testid=load-link-preview]').last().focus()), all],
  ['link-preview-loaded', 'previews=ask', then(linkRoom, visible('load-link-preview'), clickIn('[data-testid=load-link-preview]'), visible('link-card')), ['desktop', 'phone']],
  ['settings-link-previews', '', then(click('open-settings'), click('link-previews'), (page) => page.locator('[data-testid=link-previews]').scrollIntoViewIfNeeded()), ['desktop', 'phone']],
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
  executablePath: process.env.HEROLD_CHROMIUM || '/usr/bin/chromium',
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
