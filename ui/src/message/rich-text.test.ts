import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';

import type { Block, Inline } from '../protocol';
import { blockText } from '../words/message-words';
import RichTextHost from './RichTextHost.test.svelte';

const text = (value: string): Inline => ({ type: 'text', text: value });
const paragraph = (...children: Inline[]): Block => ({ type: 'paragraph', children });

let mounted: ReturnType<typeof mount> | undefined;
const openLink = vi.fn();

function draw(...blocks: Block[]): HTMLElement {
  const target = document.createElement('div');
  document.body.append(target);
  mounted = mount(RichTextHost, { target, props: { blocks, openLink } });
  flushSync();
  return target;
}

afterEach(() => {
  if (mounted) void unmount(mounted);
  mounted = undefined;
  document.body.replaceChildren();
  openLink.mockClear();
});

describe('formatted text', () => {
  test('markup in the text of others stays text', () => {
    const drawn = draw(paragraph(text('<img src=x onerror=alert(1)><b>fett</b>')));
    expect(drawn.querySelector('img, b')).toBeNull();
    expect(drawn.textContent).toContain('<img src=x onerror=alert(1)>');
  });

  test('every style has its element', () => {
    const styles = ['strong', 'emphasis', 'underline', 'strike', 'superscript', 'subscript'] as const;
    const drawn = draw(paragraph(...styles.map((style): Inline => ({ type: 'styled', style, children: [text(style)] }))));
    expect([...drawn.querySelectorAll('p > *')].map((element) => element.tagName)).toEqual(['STRONG', 'EM', 'U', 'S', 'SUP', 'SUB']);
  });

  test('lists keep their start and may nest', () => {
    const inner: Block = { type: 'list', ordered: false, start: 1, items: [[paragraph(text('innen'))]] };
    const drawn = draw({ type: 'list', ordered: true, start: 4, items: [[paragraph(text('außen')), inner]] });
    expect(drawn.querySelector('ol')?.getAttribute('start')).toBe('4');
    expect(drawn.querySelector('ol > li > ul > li')?.textContent).toContain('innen');
  });

  test('tables have column headers', () => {
    const drawn = draw({ type: 'table', head: [[text('Amt')]], rows: [[[text('Bauamt')]]] });
    expect(drawn.querySelector('th[scope=col]')?.textContent).toBe('Amt');
    expect(drawn.querySelector('td')?.textContent).toBe('Bauamt');
  });

  test('code keeps its lines', () => {
    const drawn = draw({ type: 'code', language: 'sql', text: 'SELECT 1\n  FROM x' });
    expect(drawn.querySelector('pre')?.textContent).toBe('SELECT 1\n  FROM x');
  });

  test('code shows what would turn it, and is copied without', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    const drawn = draw({ type: 'code', language: null, text: 'if (admin\u202B\u2067) {\n} \u2069' });
    expect(drawn.querySelector('pre')?.textContent).toBe('if (admin⟨U+202B⟩⟨U+2067⟩) {\n} ⟨U+2069⟩');
    expect([...drawn.querySelectorAll('mark')].map((mark) => mark.textContent)).toEqual(['⟨U+202B⟩⟨U+2067⟩', '⟨U+2069⟩']);
    drawn.querySelector<HTMLButtonElement>('[data-testid=copy-code]')!.click();
    expect(writeText).toHaveBeenCalledWith('if (admin) {\n} ');
    writeText.mockRestore();
  });

  test('a link has no address of its own, and asks the core', () => {
    const drawn = draw(paragraph({ type: 'link', target: 'https://beispiel.de/', mismatch: false, children: [text('Seite')] }));
    expect(drawn.querySelector('a')).toBeNull();
    const link = drawn.querySelector<HTMLElement>('[role=link]')!;
    link.click();
    link.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    expect(openLink.mock.calls).toEqual([['https://beispiel.de/', 'Seite'], ['https://beispiel.de/', 'Seite']]);
  });

  test('a spoiler shows its reason first and its text after a click', () => {
    const drawn = draw(paragraph({ type: 'spoiler', reason: 'Wahlausgang', children: [text('angenommen')] }));
    expect(drawn.textContent).not.toContain('angenommen');
    const cover = drawn.querySelector('button')!;
    expect(cover.textContent).toContain('Wahlausgang');
    cover.click();
    flushSync();
    expect(drawn.textContent).toContain('angenommen');
  });

  test('mentions of oneself stand out', () => {
    const mention = (isSelf: boolean): Inline => ({ type: 'mention', target: { type: 'person', userId: '@x:y.de', isSelf }, label: 'Vogt' });
    const drawn = draw(paragraph(mention(true), mention(false)));
    expect([...drawn.querySelectorAll('.pill')].map((pill) => pill.classList.contains('self'))).toEqual([true, false]);
  });

  test('words that run in another direction are left to themselves', () => {
    expect(draw(paragraph(text('سلام'))).querySelector('p')?.getAttribute('dir')).toBe('auto');
  });

  test('as plain text, a spoiler stays hidden', () => {
    const blocks = [paragraph(text('Ergebnis: '), { type: 'spoiler', reason: 'Wahl', children: [text('angenommen')] })];
    expect(blockText(blocks)).toBe('Ergebnis: Wahl');
  });
});
