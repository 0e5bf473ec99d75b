import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import type { Block, Inline, LinkCard, LinkPreview, MessageContent } from '../../protocol';
import { firstLink } from './first-link';
import LinkPreviewHost from './LinkPreviewHost.test.svelte';

const text = (value: string): Inline => ({ type: 'text', text: value });
const link = (target: string): Inline => ({ type: 'link', target, mismatch: false, children: [text(target)] });
const paragraph = (...children: Inline[]): Block => ({ type: 'paragraph', children });
const says = (...blocks: Block[]): MessageContent => ({ type: 'text', blocks });

describe('the link of a message that has a preview', () => {
  test('is the first on the web', () => {
    const content = says(paragraph(text('Siehe '), link('mailto:a@b.de'), link('https://eins.example/')), paragraph(link('https://zwei.example/')));
    expect(firstLink(content)).toBe('https://eins.example/');
  });

  test('may stand in a list, a table or bold words', () => {
    const bold: Inline = { type: 'styled', style: 'strong', children: [link('http://a.example/')] };
    expect(firstLink(says({ type: 'list', ordered: false, start: 1, items: [[paragraph(text('x'))], [paragraph(bold)]] }))).toBe('http://a.example/');
    expect(firstLink(says({ type: 'table', head: [], rows: [[[text('x')], [link('https://b.example/')]]] }))).toBe('https://b.example/');
  });

  test('is never one that is covered or quoted', () => {
    const covered: Inline = { type: 'spoiler', reason: null, children: [link('https://geheim.example/')] };
    expect(firstLink(says(paragraph(covered)))).toBeNull();
    expect(firstLink(says({ type: 'quote', children: [paragraph(link('https://alt.example/'))] }))).toBeNull();
    expect(firstLink(says({ type: 'quote', children: [paragraph(link('https://alt.example/'))] }, paragraph(covered, link('https://neu.example/'))))).toBe('https://neu.example/');
  });

  test('is in the words of a message alone', () => {
    expect(firstLink({ type: 'redacted', by: null, reason: null })).toBeNull();
    expect(firstLink(says(paragraph(text('kein Link'))))).toBeNull();
  });
});

const card: LinkCard = { host: 'lindenau.example', site: 'Stadt Lindenau', title: 'Neuer Radweg', description: null, picture: 'token' };
const linkPreview = vi.fn<(roomId: string, target: string, confirmed: boolean) => Promise<LinkPreview>>();
const openLink = vi.fn();
let mounted: ReturnType<typeof mount> | undefined;

const conversation = () =>
  ({ roomId: '!a:b.de', openLink: async (target: string, shown: string) => openLink(target, shown), app: { connection: { type: 'online' }, backend: { linkPreview, mediaUrl: (token: string) => `herold-media:${token}` } } }) as unknown as Conversation;

function draw(inConversation = conversation(), content = says(paragraph(link('https://lindenau.example/radweg')))): HTMLElement {
  const target = document.createElement('div');
  document.body.append(target);
  mounted = mount(LinkPreviewHost, { target, props: { content, conversation: inConversation } });
  flushSync();
  return target;
}

function remove(): void {
  if (mounted) void unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
}

async function rest(): Promise<void> {
  await vi.advanceTimersByTimeAsync(500);
  flushSync();
}

describe('the preview of a link', () => {
  beforeEach(() => void vi.useFakeTimers());

  afterEach(() => {
    remove();
    linkPreview.mockReset();
    openLink.mockReset();
    vi.useRealTimers();
  });

  test('is asked for once the message rests in view, and opens as a link does', async () => {
    linkPreview.mockResolvedValue({ type: 'card', card });
    const drawn = draw();
    expect(linkPreview).not.toHaveBeenCalled();
    await rest();
    expect(linkPreview.mock.calls).toEqual([['!a:b.de', 'https://lindenau.example/radweg', false]]);
    const shown = drawn.querySelector<HTMLElement>('[role=link]')!;
    expect(shown.textContent).toContain('lindenau.example');
    expect(drawn.querySelector('a')).toBeNull();
    shown.click();
    shown.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    expect(openLink.mock.calls).toEqual(Array(2).fill(['https://lindenau.example/radweg', 'Neuer Radweg']));
  });

  test('is not asked for where the message flies past', async () => {
    draw();
    await vi.advanceTimersByTimeAsync(50);
    remove();
    await rest();
    expect(linkPreview).not.toHaveBeenCalled();
  });

  test('is there at once when the message comes back into view', async () => {
    linkPreview.mockResolvedValue({ type: 'card', card });
    const same = conversation();
    draw(same);
    await rest();
    remove();
    expect(draw(same).querySelector('[data-testid=link-card]')).not.toBeNull();
    await rest();
    expect(linkPreview).toHaveBeenCalledTimes(1);
  });

  test('in an encrypted room waits for a word, after saying what that means', async () => {
    linkPreview.mockImplementation(async (_room, _target, confirmed) => (confirmed ? { type: 'card', card } : { type: 'confirm' }));
    const drawn = draw();
    await rest();
    expect(linkPreview.mock.calls.every((call) => !call[2])).toBe(true);
    const button = drawn.querySelector<HTMLButtonElement>('button')!;
    const hint = document.getElementById(button.getAttribute('aria-describedby')!)!;
    expect(hint.textContent).not.toBe('');
    button.click();
    await rest();
    expect(linkPreview).toHaveBeenLastCalledWith('!a:b.de', 'https://lindenau.example/radweg', true);
    expect(document.activeElement).toBe(drawn.querySelector('[data-testid=link-card]'));
  });

  test('that a person asked for in vain says so, and does not ask again', async () => {
    linkPreview.mockImplementation(async (_room, _target, confirmed) => ({ type: confirmed ? 'nothing' : 'confirm' }));
    const same = conversation();
    const drawn = draw(same);
    await rest();
    drawn.querySelector('button')!.click();
    await rest();
    expect(drawn.querySelector('[data-testid=no-link-preview]')).toBe(document.activeElement);
    remove();
    expect(draw(same).querySelector('[data-testid=no-link-preview]')).not.toBeNull();
    await rest();
    expect(linkPreview).toHaveBeenCalledTimes(2);
  });

  test('that fails is silent unless a person asked for it', async () => {
    linkPreview.mockRejectedValueOnce({ kind: 'offline' });
    expect(draw().textContent).toBe('');
    await rest();
    expect(document.body.textContent?.trim()).toBe('');
    remove();
    linkPreview.mockImplementation(async (_room, _target, confirmed) => {
      if (confirmed) throw { kind: 'offline' };
      return { type: 'confirm' };
    });
    const drawn = draw();
    await rest();
    drawn.querySelector('button')!.click();
    await rest();
    expect(drawn.querySelector('[role=alert]')).not.toBeNull();
    expect(drawn.querySelector('button')).not.toBeNull();
  });
});
