import { afterEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import { provideApp, provideConversation } from '../app/context';
import type { Backend } from '../backend';
import type { Conversation } from '../conversation/conversation.svelte';
import { file, keller, message, paragraph } from '../fixture/messages';
import { m } from '../paraglide/messages';
import type { GalleryItem, Inline, Poll, TimelineRow } from '../protocol';
import { printConversation } from './print';

const printed: string[] = [];
const pictures: string[] = [];
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
    pictures.splice(0, pictures.length, ...[...document.querySelectorAll('.print-view img')].map((image) => image.getAttribute('src') ?? ''));
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

test('a gallery has its pictures', async () => {
  const picture = { full: 'plan', thumbnail: 'plan-klein', width: 8, height: 6, blurhash: null };
  const items: GalleryItem[] = [
    { type: 'file', attachment: file({ kind: 'image', filename: 'Plan.png', picture }), caption: null },
    { type: 'file', attachment: file({ filename: 'Liste.pdf' }), caption: null },
  ];
  await print(message(keller, 0, { type: 'gallery', items, caption: null }));
  expect(printed[0]).toMatch(/Plan\.png.*Liste\.pdf/);
  expect(pictures).toEqual(['plan-klein']);
});

test('a poll that is not counted is not printed as if it were', async () => {
  const poll: Poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 0, own: false }], voters: 0, ended: false, tally: 'complete' };
  await print(message(keller, 0, { type: 'poll', poll }), message(keller, 0, { type: 'poll', poll: { ...poll, tally: 'counting' } }));
  expect(printed[0]).toContain('Montag0');
  expect(printed[1]).not.toContain('Montag0');
  expect(printed[1]).toContain(m.poll_counting());
});

test('a place has its coordinates', async () => {
  await print(message(keller, 0, { type: 'location', text: 'Rathaus', geoUri: 'geo:48.137,11.575', map: null }));
  expect(printed[0]).toMatch(/Rathaus.*48[.,]137/);
});
