// The messages are one stop of the Tab key, in both directions.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import { incoming } from '../../fixture/messages';
import type { TimelineRow } from '../../protocol';
import { MessageActions } from './message-actions.svelte';
import { timelineGestures } from './timeline-gestures';

let rows: TimelineRow[];
let actions: MessageActions;
let stop: () => void;

const part = (selector: string) => document.querySelector<HTMLElement>(selector)!;
const focused = () => document.activeElement as HTMLElement;
const row = (index: number) => part(`[data-row-id="${rows[index]!.id}"]`);
const button = (index: number, name: string) => row(index).querySelector<HTMLElement>(`.${name}`)!;

function element(tag: string, className: string, ...children: HTMLElement[]): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  if (tag !== 'button') made.tabIndex = -1;
  if (className.startsWith('gate')) made.dataset['gate'] = className.slice(5);
  made.append(...children);
  return made;
}

function message({ id }: TimelineRow): HTMLElement {
  const made = element('div', 'message', element('p', 'uncovered'), element('button', 'first'), element('button', 'last'));
  made.dataset['rowId'] = id;
  return made;
}

/** As WebKitGTK names the key, where Shift is held with it. */
function tab(shiftKey: boolean): void {
  focused().dispatchEvent(new KeyboardEvent('keydown', { key: shiftKey ? 'Unidentified' : 'Tab', keyCode: 9, shiftKey, bubbles: true, cancelable: true }));
}

beforeEach(() => {
  rows = [incoming('eins'), incoming('zwei')];
  const section = element('section', '', element('span', 'gate before'), ...rows.map(message), element('span', 'gate after'));
  document.body.replaceChildren(element('button', 'before'), section, element('button', 'after'));
  actions = new MessageActions({ details: null } as unknown as Conversation, vi.fn(), vi.fn());
  actions.reachable = rows[1]!.id;
  stop = timelineGestures(actions, part('section'), { rows: () => rows, focusRow: (index) => row(index).focus(), moved: vi.fn() });
});

afterEach(() => stop());

test('who comes in from either side is on the message that holds the place', () => {
  part('button.after').focus();
  tab(true);
  button(1, 'last').focus();
  expect(focused()).toBe(row(1));

  part('button.before').focus();
  tab(false);
  button(0, 'first').focus();
  expect(focused()).toBe(row(1));
});

test('who goes on comes through its controls and then out, also backwards', () => {
  row(1).focus();
  button(1, 'first').focus();
  tab(false);
  expect(focused()).toBe(button(1, 'first'));
  button(1, 'last').focus();
  tab(false);
  expect(focused()).toBe(part('[data-gate=after]'));

  row(1).focus();
  tab(true);
  expect(focused()).toBe(part('[data-gate=before]'));
});

test('who stands on a text that was just uncovered goes back to what stands before it', () => {
  row(1).querySelector<HTMLElement>('.uncovered')!.focus();
  tab(true);
  expect(focused()).toBe(row(1).querySelector('.uncovered'));
});

test('a control that a menu gives the focus back to keeps it', () => {
  part('button.after').focus();
  tab(false);
  part('button.after').blur();
  button(1, 'last').focus();
  expect(focused()).toBe(button(1, 'last'));
});
