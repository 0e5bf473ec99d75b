import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import { incoming } from '../../fixture/messages';
import type { TimelineRow } from '../../protocol';
import { MessageActions } from './message-actions.svelte';
import { timelineGestures } from './timeline-gestures';

const redacted = (): TimelineRow => {
  const row = incoming('weg');
  return row.content.type === 'message' ? { ...row, content: { ...row.content, content: { type: 'redacted', by: null, reason: null } } } : row;
};

let rows: TimelineRow[];
let actions: MessageActions;
let section: HTMLElement;
let stop: () => void;

const element = (index: number) => section.querySelectorAll<HTMLElement>('.message')[index]!;
const tick = (index: number) => element(index).querySelector<HTMLInputElement>('.tick')!;
const chosen = () => rows.flatMap(({ id }, index) => (actions.selected?.has(id) ? [index] : []));

function press(key: string, on: HTMLElement, more: KeyboardEventInit = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  on.dispatchEvent(event);
  return event;
}

function click(on: HTMLElement, more: MouseEventInit = {}): void {
  on.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, ...more }));
  vi.runAllTimers();
}

beforeEach(() => {
  vi.useFakeTimers();
  rows = [incoming('null'), incoming('eins'), redacted(), incoming('drei'), incoming('vier'), incoming('fünf')];
  section = document.createElement('section');
  section.setAttribute('role', 'list');
  for (const { id } of rows) {
    const row = document.createElement('div');
    row.className = 'message';
    row.tabIndex = -1;
    row.dataset['rowId'] = id;
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.className = 'tick';
    row.append(box);
    section.append(row);
  }
  document.body.replaceChildren(section);
  actions = new MessageActions({ details: null, app: { settings: { singleKeyShortcuts: true } } } as unknown as Conversation, vi.fn(), vi.fn());
  stop = timelineGestures(actions, section, { rows: () => rows, focusRow: (index) => element(index).focus(), moved: vi.fn() });
  actions.select(rows[1]!.id);
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

describe('selecting several messages', () => {
  test('a click with Shift takes along those between, but none that is deleted', () => {
    click(element(4), { shiftKey: true });
    expect(chosen()).toEqual([1, 3, 4]);
  });

  test('another click with Shift moves the end of the range, and keeps what was ticked one by one', () => {
    click(element(5));
    click(element(3), { shiftKey: true });
    expect(chosen()).toEqual([1, 3, 4, 5]);
    click(element(4), { shiftKey: true });
    expect(chosen()).toEqual([1, 4, 5]);
  });

  test('a click with Shift on the tick itself does the same', () => {
    click(tick(4), { shiftKey: true });
    expect(chosen()).toEqual([1, 3, 4]);
  });

  test('Shift with the arrow keys extends the range, and takes it back', () => {
    element(1).focus();
    press('ArrowDown', element(1), { shiftKey: true });
    press('ArrowDown', element(2), { shiftKey: true });
    expect(document.activeElement).toBe(element(3));
    expect(chosen()).toEqual([1, 3]);
    press('ArrowUp', element(3), { shiftKey: true });
    press('ArrowUp', element(2), { shiftKey: true });
    press('ArrowUp', element(1), { shiftKey: true });
    expect(chosen()).toEqual([0, 1]);
    expect(document.activeElement).toBe(element(0));
  });

  test.each([{ ctrlKey: true }, { metaKey: true }])('Ctrl or Cmd with A selects every message that is there', (more) => {
    expect(press('a', element(1), more).defaultPrevented).toBe(true);
    expect(chosen()).toEqual([0, 1, 3, 4, 5]);
  });

  test('without a selection these keys and clicks mean what they always do', () => {
    actions.selected = null;
    expect(press('a', element(1), { ctrlKey: true }).defaultPrevented).toBe(false);
    press('ArrowDown', element(1), { shiftKey: true });
    click(element(3), { shiftKey: true });
    expect(actions.selected).toBeNull();
  });

  test('a range begins anew where the message at its beginning is gone', () => {
    rows = rows.slice(2);
    click(element(4), { shiftKey: true });
    expect(rows.filter(({ id }) => actions.selected?.has(id))).toEqual([rows[2]]);
  });

  test('what is left after a failure is where a range no longer begins', () => {
    actions.keepSelected([rows[5]!.id]);
    expect(chosen()).toEqual([5]);
    click(element(3), { shiftKey: true });
    expect(chosen()).toEqual([3, 5]);
  });
});
