// What a person does to get to a screen. Each step is a function of the page.
//
// A control is named by its test id, or else by a selector.

const find = (page, control) => page.locator(/^[\w-]+$/.test(control) ? `[data-testid="${control}"]` : control);
const timeline = '[data-testid=timeline] [role=list]';
const frame = (page) => page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));

const isInView = (element) => {
  const { top, bottom } = element.getBoundingClientRect();
  const list = element.closest('[role=list]')?.getBoundingClientRect();
  return list !== undefined && top < list.bottom && bottom > list.top;
};

const loading = new WeakMap();

/** Notes what a page is loading, for `settled`. */
export function watchLoading(page) {
  const requests = new Set();
  loading.set(page, requests);
  page.on('request', (request) => requests.add(request));
  page.on('requestfinished', (request) => requests.delete(request));
  page.on('requestfailed', (request) => requests.delete(request));
}

/** Until nothing has changed or moved for a moment. What never rests, such as a recording, gets a second. */
const unchanged = (page) =>
  page.evaluate(async () => {
    const end = performance.now() + 1000;
    let lastChange = performance.now();
    const observer = new MutationObserver(() => (lastChange = performance.now()));
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    const moves = (animation) => animation.playState === 'running' && animation.effect.getComputedTiming().endTime !== Infinity;
    const loads = (image) => !image.complete && image.getBoundingClientRect().bottom > 0 && image.getBoundingClientRect().top < innerHeight;
    do {
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (document.getAnimations().some(moves) || [...document.images].some(loads) || document.querySelector('.progress-line')) lastChange = performance.now();
    } while (performance.now() < Math.min(end, lastChange + 100));
    observer.disconnect();
  });

/** Until the page is at rest, and has loaded what it asked for. */
export async function settled(page) {
  const end = Date.now() + 2000;
  do await unchanged(page);
  while (loading.get(page).size > 0 && Date.now() < end);
}

export const steps = (...each) => async (page) => {
  for (const step of each) await step(page);
};

export const visible = (control) => (page) => find(page, control).first().waitFor();
export const focus = (control) => (page) => find(page, control).last().focus();
export const fill = (control, text) => (page) => find(page, control).first().fill(text);

export const click = (control, options) => async (page) => {
  await find(page, control).first().click(options);
  await settled(page);
};

export const press = (...keys) => async (page) => {
  for (const key of keys) {
    await page.keyboard.press(key);
    await settled(page);
  }
};

export const type = (text) => async (page) => {
  await find(page, 'composer').first().focus();
  await page.keyboard.type(text);
  await settled(page);
};

export const room = (id) => async (page) => {
  const row = page.locator(`[data-room-id="${id}"]`).first();
  const list = page.locator('[data-testid=room-list] [role=list]');
  await visible('room-row')(page);
  for (let step = 0; step < 60 && (await row.count()) === 0; step += 1) {
    await list.evaluate((element) => element.scrollBy(0, element.clientHeight));
    await frame(page);
  }
  await row.click();
  await visible('[data-testid=message], [data-testid=invitation], [data-testid=timeline-empty], [data-testid=room-error]')(page);
  await settled(page);
};

/** As with a wheel: a list that nobody moves goes back to where it rests. */
const move = (page, to) =>
  page.locator(timeline).evaluate((list, to) => {
    list.dispatchEvent(new WheelEvent('wheel'));
    list.scrollTo(0, to === 'up' ? list.scrollTop - list.clientHeight * 0.8 : to === 'end' ? list.scrollHeight : to);
  }, to);

/** To a distance from the start in pixels, or to the 'end'. */
export const scrollTimeline = (to) => async (page) => {
  await move(page, to);
  await settled(page);
};

/** Scrolls up from the end until there is such a control, and puts it into the middle: again where older messages came
    in and moved it. */
export const inView = (control) => async (page) => {
  await scrollTimeline('end')(page);
  for (let step = 0; step < 200; step += 1) {
    const found = (await find(page, control).elementHandles()).at(-1);
    if (found) {
      await found.evaluate((element) => {
        element.dispatchEvent(new WheelEvent('wheel', { bubbles: true }));
        element.scrollIntoView({ block: 'center' });
      });
      await settled(page);
      if (await found.evaluate(isInView)) return;
    } else {
      await move(page, 'up');
      await frame(page);
    }
  }
  throw new Error(`there is no ${control} in the conversation`);
};

export const clickIn = (control, options) => steps(inView(control), (page) => find(page, control).last().click(options));
