// What is offered beside a message that the pointer is on.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import { incoming } from '../../fixture/messages';
import type { TimelineRow } from '../../protocol';
import { MessageActions } from './message-actions.svelte';
import { timelineGestures } from './timeline-gestures';

let rows: TimelineRow[];
let section: HTMLElement;
let actions: MessageActions;
let stop: () => void;

function point(type: string, at: Element, pointerType = 'mouse'): void {
  at.dispatchEvent(new PointerEvent(type, { pointerType, bubbles: type !== 'pointerleave' }));
}

beforeEach(() => {
  rows = [incoming('Wann?'), incoming('Morgen.')];
  section = document.createElement('section');
  for (const { id } of rows) {
    const element = document.createElement('div');
    element.dataset['rowId'] = id;
    section.append(element);
  }
  document.body.replaceChildren(section);
  actions = new MessageActions({ details: null, thread: null } as unknown as Conversation, vi.fn(), vi.fn());
  stop = timelineGestures(actions, section, { rows: () => rows, focusRow: vi.fn(), moved: vi.fn() });
});

afterEach(() => stop());

test('belongs to the message that somebody points at, until the pointer leaves', () => {
  point('pointermove', section.children[0]!);
  expect(actions.toolbar).toBe(rows[0]!.id);
  point('pointermove', section.children[1]!);
  expect(actions.toolbar).toBe(rows[1]!.id);
  point('pointerleave', section);
  expect(actions.toolbar).toBeNull();
});

test('stays where it was while messages move along beneath a pointer at rest, and a finger brings nothing', () => {
  point('pointermove', section.children[0]!);
  point('pointerover', section.children[1]!);
  expect(actions.toolbar).toBe(rows[0]!.id);
  point('pointerleave', section);
  point('pointermove', section.children[1]!, 'touch');
  expect(actions.toolbar).toBeNull();
});
