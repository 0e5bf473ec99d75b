import { afterEach, expect, test, vi } from 'vitest';

import { App } from '../app/app.svelte';
import { provideApp, provideConversation } from '../app/context';
import type { Backend } from '../backend';
import type { Conversation } from '../conversation/conversation.svelte';
import { file, keller, message, paragraph, self } from '../fixture/messages';
import { m } from '../paraglide/messages';
import { outcomeWords, turnoutWords } from '../poll/poll-words';
import type { Account, GalleryItem, Inline, MessageContent, Poll, TimelineRow } from '../protocol';
import { deviceZone, shortDateTime } from '../words/format';
import { printConversation } from './print';

const printed: string[] = [];
const pictures: string[] = [];
let facts = '';
const link = (target: string, text: string): Inline => ({ type: 'link', target, mismatch: false, children: [{ type: 'text', text }] });

/** What a component would have provided. */
function context(): Map<unknown, unknown> {
  const provided = new Map<unknown, unknown>();
  set.mockImplementation((key: unknown, value: unknown) => (provided.set(key, value), value));
  const app = new App({ mediaUrl: (token: string) => token } as unknown as Backend);
  app.session = { type: 'signedIn', account: { userId: self.id, displayName: self.name } as Account };
  provideApp(app);
  provideConversation(() => ({}) as Conversation);
  return provided;
}
const set = vi.hoisted(() => vi.fn());
vi.mock('svelte', async (load) => ({ ...(await load<object>()), setContext: set }));

afterEach(() => document.body.replaceChildren());

async function print(...rows: TimelineRow[]): Promise<void> {
  vi.stubGlobal('print', () => {
    printed.splice(0, printed.length, ...[...document.querySelectorAll('.print-view section')].map((section) => section.textContent.replace(/\s+/g, ' ')));
    facts = document.querySelector('.print-view .facts')!.textContent;
    pictures.splice(0, pictures.length, ...[...document.querySelectorAll('.print-view img')].map((image) => image.getAttribute('src') ?? ''));
    window.dispatchEvent(new Event('afterprint'));
  });
  await printConversation({ details: null, roomId: '!raum:musterstadt.de', timeline: { rows } } as unknown as Conversation, context());
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
  const poll: Poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 0, own: false }], voters: 0, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' };
  await print(message(keller, 0, { type: 'poll', poll }), message(keller, 0, { type: 'poll', poll: { ...poll, tally: 'counting' } }));
  expect(printed[0]).toContain('Montag0');
  expect(printed[1]).not.toContain('Montag0');
  expect(printed[1]).toContain(m.poll_counting());
});

test('a poll says what came out, or that this is secret yet', async () => {
  const poll: Poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [{ id: 'a', text: 'Montag', votes: 2, own: false }], voters: 2, voteWaiting: false, ended: true, endedAtMs: null, tally: 'complete' };
  const secret = { ...poll, open: false, ended: false, answers: [{ ...poll.answers[0]!, votes: null }] };
  await print(message(keller, 0, { type: 'poll', poll }), message(keller, 0, { type: 'poll', poll: { ...poll, tally: 'partial' } }), message(keller, 0, { type: 'poll', poll: secret }));
  expect(printed[0]).toContain(outcomeWords(poll));
  expect(printed[0]).toContain(turnoutWords(poll, null));
  expect(printed[1]).toContain(turnoutWords({ ...poll, tally: 'partial' }, null));
  expect(printed[2]).toContain(m.poll_secret());
});

test('who printed is said, when, what there is and by which clock', async () => {
  const first = Date.UTC(2026, 10, 23, 8);
  await print(message(keller, first, { type: 'text', blocks: [] }), message(self, first + 60_000, { type: 'text', blocks: [] }));
  const [from, to] = [first, first + 60_000].map(shortDateTime);
  for (const words of [self.name, self.id, '!raum:musterstadt.de', deviceZone(), m.print_loaded({ count: 2, shown: '2', from: from!, to: to! })]) expect(facts).toContain(words);
});

test('a message has what belongs to it: that it was not sent, a doubt, what it answers, how many answered', async () => {
  const plain: MessageContent = { type: 'text', blocks: [paragraph('Hallo.')] };
  const replyTo = { eventId: '$frage', sender: keller, content: { type: 'text', text: 'Wer kommt?' }, loading: false } as const;
  const latest = { eventId: '$antwort', sender: keller, content: { type: 'text', text: 'Ich.' }, loading: false } as const;
  await print(
    message(self, 0, plain, { sendState: { type: 'failed', error: { kind: 'offline' } } }),
    message(keller, 0, plain, { shield: 'unsignedDevice', replyTo }),
    message(keller, 0, plain, { thread: { replies: 3, latest } }),
  );
  expect(printed[0]).toContain(m.state_failed());
  expect(printed[1]).toContain(m.shield_unsigned_device());
  expect(printed[1]).toContain('Wer kommt?');
  expect(printed[2]).toContain(m.print_thread({ answers: m.thread_replies({ count: 3, shown: '3' }) }));
});

test('what was covered can be read', async () => {
  const spoiler: Inline = { type: 'spoiler', reason: 'Ergebnis', children: [{ type: 'text', text: 'angenommen' }] };
  await print(message(keller, 0, { type: 'text', blocks: [paragraph('Und zwar: ', spoiler, '.')] }));
  expect(printed[0]).toContain('Und zwar: angenommen.');
});

test('a place has its coordinates', async () => {
  await print(message(keller, 0, { type: 'location', text: 'Rathaus', geoUri: 'geo:48.137,11.575', map: null }));
  expect(printed[0]).toMatch(/Rathaus.*48[.,]137/);
});
