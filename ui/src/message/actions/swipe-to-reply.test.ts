// A finger on a message: sideways it answers, and what else it may mean is left to what that is.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import { incoming } from '../../fixture/messages';
import type { TimelineRow } from '../../protocol';
import { MessageActions } from './message-actions.svelte';
import { timelineGestures } from './timeline-gestures';

let row: TimelineRow;
let element: HTMLElement;
let actions: MessageActions;
let run: ReturnType<typeof vi.spyOn>;
let stop: () => void;
const details = { canSend: true, membership: 'joined', pinned: [], permissions: {} };

function touch(type: string, x: number, y = 100, at: Element = element): void {
  at.dispatchEvent(new PointerEvent(type, { pointerType: 'touch', pointerId: 1, isPrimary: true, clientX: x, clientY: y, bubbles: true, cancelable: true }));
}

function draw(from: number, to: number, { down = 0, at = element } = {}): void {
  touch('pointerdown', from, 100, at);
  touch('pointermove', (from + to) / 2, 100 + down / 2, at);
  touch('pointermove', to, 100 + down, at);
}

beforeEach(() => {
  row = incoming('Wann?');
  const section = document.createElement('section');
  element = document.createElement('div');
  element.dataset['rowId'] = row.id;
  element.append(document.createElement('p'));
  section.append(element);
  document.body.replaceChildren(section);
  actions = new MessageActions({ details, thread: null } as unknown as Conversation, vi.fn(), vi.fn());
  run = vi.spyOn(actions, 'run').mockResolvedValue();
  stop = timelineGestures(actions, section, { rows: () => [row], focusRow: vi.fn(), moved: vi.fn() });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

test('far enough to the right answers, once the finger is lifted', () => {
  draw(100, 180);
  expect([element.dataset['swipe'], element.style.getPropertyValue('--swipe')]).toEqual(['ready', '68px']);
  expect(run).not.toHaveBeenCalled();
  touch('pointerup', 180);
  expect(run).toHaveBeenCalledExactlyOnceWith('reply', expect.objectContaining({ rowId: row.id }));
  expect([element.dataset['swipe'], element.children.length]).toEqual([undefined, 1]);
});

test('a finger that comes back or did not go far means nothing', () => {
  draw(100, 180);
  touch('pointermove', 110);
  touch('pointerup', 110);
  draw(100, 140);
  touch('pointerup', 140);
  expect(run).not.toHaveBeenCalled();
});

test('scrolling stays scrolling, also where it turns sideways later', () => {
  draw(100, 120, { down: 60 });
  touch('pointermove', 220, 160);
  touch('pointerup', 220, 160);
  expect(run).not.toHaveBeenCalled();
});

test('the browser may take the movement over', () => {
  draw(100, 180);
  touch('pointercancel', 180);
  touch('pointerup', 180);
  expect([element.dataset['swipe'], run.mock.calls.length]).toEqual([undefined, 0]);
});

test('at the side of the screen one goes back', () => {
  draw(10, 120);
  touch('pointerup', 120);
  expect(run).not.toHaveBeenCalled();
});

test('what moves sideways itself is left to do so', () => {
  const code = element.appendChild(document.createElement('pre'));
  code.style.overflowX = 'auto';
  Object.defineProperty(code, 'scrollWidth', { value: 900 });
  draw(100, 180, { at: code });
  touch('pointerup', 180, 100, code);
  const slider = element.appendChild(document.createElement('input'));
  draw(100, 180, { at: slider });
  touch('pointerup', 180, 100, slider);
  expect(run).not.toHaveBeenCalled();
});

test('who may not answer, or selects, draws nothing', () => {
  actions.selected = new Set();
  draw(100, 180);
  touch('pointerup', 180);
  actions.selected = null;
  vi.spyOn(actions, 'available').mockReturnValue(['copy']);
  draw(100, 180);
  touch('pointerup', 180);
  expect(run).not.toHaveBeenCalled();
});

test('a finger that rests opens the menu, with the address of the link under it', () => {
  vi.useFakeTimers();
  const link = element.appendChild(document.createElement('span'));
  link.dataset['address'] = 'https://intranet.musterstadt.de/';
  touch('pointerdown', 100, 100, link);
  vi.advanceTimersByTime(600);
  expect(actions.menu).toMatchObject({ address: 'https://intranet.musterstadt.de/', target: { rowId: row.id } });
});

test('so does the other button of a mouse', () => {
  const link = element.appendChild(document.createElement('span'));
  link.dataset['address'] = 'https://intranet.musterstadt.de/';
  link.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  expect(actions.menu?.address).toBe('https://intranet.musterstadt.de/');
  actions.menu = null;
  element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }));
  expect(actions.menu).toMatchObject({ address: null });
});
