import { afterEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import { provideApp, provideConversation } from '../app/context';
import type { Backend } from '../backend';
import type { Conversation } from '../conversation/conversation.svelte';
import { keller, message, paragraph } from '../fixture/messages';
import type { Inline, TimelineRow } from '../protocol';
import { printConversation } from './print';

const printed: string[] = [];
const link = (target: string, text: string): Inline => ({ type: 'link', target, mismatch: false, children: [{ type: 'text', text }] });

/** What a component would have provided. */
function context(): Map<unknown, unknown> {
  const provided = new Map<unknown, unknown>();
  set.mockImplementation((key: unknown, value: unknown) => (provided.set(key, value), value));
  provideApp(new App({ mediaUrl: (token: string) => token } as unknown as Backend));
  provideConversation(() => ({}) as Conversation);
  return provided;
}
const set = vi.hoisted(() => vi.fn());
vi.mock('svelte', async (load) => ({ ...(await load<object>()), setContext: set }));

afterEach(() => document.body.replaceChildren());

async function print(...rows: TimelineRow[]): Promise<void> {
  vi.stubGlobal('print', () => {
    printed.splice(0, printed.length, ...[...document.querySelectorAll('.print-view section')].map((section) => section.textContent.replace(/\s+/g, ' ')));
    window.dispatchEvent(new Event('afterprint'));
  });
  await printConversation({ details: null, timeline: { rows } } as unknown as Conversation, context());
}

test('on paper, a link says where it leads where its words do not', async () => {
  await print(
    message(keller, 0, { type: 'text', blocks: [paragraph('Siehe ', link('https://intranet.musterstadt.de/akte', 'Intranet'), '.')] }),
    message(keller, 0, { type: 'text', blocks: [paragraph(link('https://musterstadt.de/', 'musterstadt.de'), ' ', link('mailto:bauamt@musterstadt.de', 'bauamt@musterstadt.de'))] }),
  );
  expect(printed[0]).toContain('Siehe Intranet (https://intranet.musterstadt.de/akte).');
  expect(printed[1]).toContain('musterstadt.de bauamt@musterstadt.de');
  expect(printed[1]).not.toContain('(');
});

test('a place has its coordinates', async () => {
  await print(message(keller, 0, { type: 'location', text: 'Rathaus', geoUri: 'geo:48.137,11.575', map: null }));
  expect(printed[0]).toMatch(/Rathaus.*48[.,]137/);
});
