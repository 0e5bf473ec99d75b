// Mouse, finger and keyboard on the messages of a timeline. One place listens for all of them, so that
// a message itself stays light.

import { isTab } from '../../app/keyboard';
import type { TimelineRow } from '../../protocol';
import { messageKey } from './message-keys';
import type { MessageActions, Target } from './message-actions.svelte';
import { swipeToReply } from './swipe-to-reply';

interface Screen {
  rows: () => readonly TimelineRow[];
  focusRow: (index: number) => void;
  /** The person scrolls. */
  moved: () => void;
}

const longPressMs = 500;
/** Pixels a finger may tremble. */
const tremble = 10;
const page = 8;
const shareOfPage = 0.8;
const tabbable = 'a[href], button:not(:disabled), input:not(:disabled), textarea, select, [tabindex="0"]';

const isRead = (row: TimelineRow): boolean => row.content.type === 'message' || row.content.type === 'change';

/** Listens until the returned function is called. */
export function timelineGestures(actions: MessageActions, section: HTMLElement, screen: Screen): () => void {
  const rowElement = (element: EventTarget | null): HTMLElement | null => (element instanceof Element ? element.closest<HTMLElement>('[data-row-id]') : null);

  function targetOf(element: EventTarget | null): Target | null {
    const rowId = rowElement(element)?.dataset['rowId'];
    const row = screen.rows().find((candidate) => candidate.id === rowId);
    return row?.content.type === 'message' ? { rowId: row.id, message: row.content } : null;
  }

  let over: string | null = null;

  function hover(element: EventTarget | null): void {
    const rowId = rowElement(element)?.dataset['rowId'] ?? null;
    if (rowId === over) return;
    over = rowId;
    actions.hovered = targetOf(element)?.rowId ?? null;
  }

  const addressOf = (element: EventTarget | null): string | null => (element instanceof Element ? (element.closest<HTMLElement>('[data-address]')?.dataset['address'] ?? null) : null);

  /** Where a menu opens that no pointer asked for. */
  function beside(element: HTMLElement) {
    const { left, top, height } = (element.querySelector('.bubble') ?? element).getBoundingClientRect();
    return { x: left + 24, y: top + Math.min(height, 40) };
  }

  function neighbour(from: number, step: number): number {
    const rows = screen.rows();
    let found = from;
    for (let index = from + Math.sign(step), left = Math.abs(step); left > 0 && index >= 0 && index < rows.length; index += Math.sign(step)) {
      if (!isRead(rows[index]!)) continue;
      found = index;
      left -= 1;
    }
    return found;
  }

  /** A message that does not fit is read to its end before the next one has its turn. */
  function readOn(event: KeyboardEvent, element: HTMLElement): boolean {
    const viewport = element.closest('[role="list"]');
    if (!viewport || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return false;
    const { top, bottom } = element.getBoundingClientRect();
    const frame = viewport.getBoundingClientRect();
    const hidden = event.key === 'ArrowDown' ? bottom - frame.bottom : frame.top - top;
    if (bottom - top <= frame.height || hidden <= 1) return false;
    const step = Math.min(hidden, frame.height * shareOfPage);
    viewport.scrollBy({ top: event.key === 'ArrowDown' ? step : -step });
    return true;
  }

  function move(event: KeyboardEvent, element: HTMLElement): boolean {
    if (readOn(event, element)) return true;
    const rows = screen.rows();
    const from = rows.findIndex((row) => row.id === element.dataset['rowId']);
    const to: Record<string, () => number> = {
      ArrowDown: () => neighbour(from, 1),
      ArrowUp: () => neighbour(from, -1),
      PageDown: () => neighbour(from, page),
      PageUp: () => neighbour(from, -page),
      Home: () => neighbour(-1, 1),
      End: () => neighbour(rows.length, -1),
    };
    const target = event.altKey || event.ctrlKey || event.metaKey ? undefined : to[event.key]?.();
    if (target === undefined) return false;
    screen.focusRow(target);
    return true;
  }

  /** While messages are being selected, Shift with an arrow key takes along the next one, Ctrl with A all. */
  function selectMore(event: KeyboardEvent, element: HTMLElement): boolean {
    const rows = screen.rows();
    const command = event.ctrlKey || event.metaKey;
    if (!actions.selected || event.altKey) return false;
    if (command && !event.shiftKey && event.key.toLowerCase() === 'a') {
      actions.selectAll(rows);
      return true;
    }
    if (command || !event.shiftKey || (event.key !== 'ArrowDown' && event.key !== 'ArrowUp')) return false;
    const target = neighbour(
      rows.findIndex((row) => row.id === element.dataset['rowId']),
      event.key === 'ArrowDown' ? 1 : -1,
    );
    screen.moved();
    actions.selectTo(rows, rows[target]!.id);
    screen.focusRow(target);
    return true;
  }

  /** Tab goes through the controls of one message, and then out: the timeline is one stop. */
  function leave(event: KeyboardEvent, row: HTMLElement): void {
    const active = document.activeElement as HTMLElement;
    // What has the focus need not be a stop itself: a text that was just uncovered.
    const stops = [row, ...row.querySelectorAll<HTMLElement>('*')].filter((element) => element === active || element === row || isStop(element, active));
    const next = stops.indexOf(active) + (event.shiftKey ? -1 : 1);
    if (next >= 0 && next < stops.length) return;
    // The browser goes on from here, so the gate decides where to.
    section.querySelector<HTMLElement>(`[data-gate="${event.shiftKey ? 'before' : 'after'}"]`)?.focus({ preventScroll: true });
  }

  function isStop(element: HTMLElement, active: HTMLElement): boolean {
    return element.matches(tabbable) && element.tabIndex >= 0 && element.offsetParent !== null && !isSameGroup(element, active);
  }

  function isSameGroup(element: HTMLElement, active: HTMLElement): boolean {
    return element instanceof HTMLInputElement && active instanceof HTMLInputElement && element.type === 'radio' && element !== active && element.name === active.name;
  }

  let byKeyboard = false;
  let press: { timer: ReturnType<typeof setTimeout>; x: number; y: number } | null = null;
  let swallowClick = false;
  const swipe = swipeToReply(actions);

  const endPress = () => {
    if (press) clearTimeout(press.timer);
    press = null;
  };

  const listeners: { [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void } = {
    keydown(event) {
      const row = rowElement(event.target);
      if (!row) return;
      const onRow = event.target === row;
      if (isTab(event)) return leave(event, row);
      if (event.key === 'Escape' && actions.selected) {
        actions.selected = null;
        event.preventDefault();
        return;
      }
      if (event.key === 'Escape' && !onRow) {
        row.focus({ preventScroll: true });
        event.preventDefault();
        return;
      }
      const onTick = (event.target as Element).matches('.tick');
      if ((onRow || onTick) && selectMore(event, row)) return event.preventDefault();
      if (!onRow) return;
      screen.moved();
      if (move(event, row)) return event.preventDefault();
      const target = targetOf(row);
      if (!target) return;
      if (event.key === ' ' && actions.selected) actions.toggle(target);
      else {
        const key = messageKey(event, actions.conversation.app.settings.singleKeyShortcuts);
        if (key === null) return;
        if (key === 'menu') actions.openMenu(target, beside(row));
        else void actions.run(key, target);
      }
      event.preventDefault();
    },
    focusin(event) {
      const row = rowElement(event.target);
      if (!row) return;
      const entered = !section.contains(rowElement(event.relatedTarget));
      const holds = row.dataset['rowId'] === actions.reachable;
      // Tab from outside leads to the one message that holds the place, not to the first or the last control drawn.
      // What comes from nowhere was there before: the window, or a menu that was left, gives it back.
      if (byKeyboard && entered && (!holds || (event.target !== row && event.relatedTarget !== null))) {
        const index = screen.rows().findIndex((candidate) => candidate.id === actions.reachable);
        if (index >= 0) return screen.focusRow(index);
      }
      actions.held = row.dataset['rowId']!;
      actions.focused = (event.target as HTMLElement).matches(':focus-visible') ? actions.held : null;
    },
    focusout(event) {
      if (rowElement(event.relatedTarget)) return;
      // A row that is taken away loses the focus while the screen is being drawn.
      queueMicrotask(() => {
        if (!section.contains(rowElement(document.activeElement))) actions.focused = null;
      });
    },
    pointerleave() {
      hover(null);
    },
    pointerdown(event) {
      screen.moved();
      endPress();
      const target = targetOf(event.target);
      swipe.down(event, rowElement(event.target), target);
      if (event.pointerType !== 'touch' || !target || actions.selected) return;
      const { clientX: x, clientY: y } = event;
      const timer = setTimeout(() => {
        press = null;
        swipe.end();
        swallowClick = true;
        actions.openMenu(target, { x, y }, addressOf(event.target));
      }, longPressMs);
      press = { timer, x, y };
    },
    pointermove(event) {
      if (press && Math.hypot(event.clientX - press.x, event.clientY - press.y) > tremble) endPress();
      swipe.move(event);
      // Not where rows move along beneath a pointer at rest: what it shows is what somebody points at.
      if (event.pointerType !== 'touch') hover(event.target);
    },
    mousedown(event) {
      // The browser would mark the text between two clicks.
      if (!actions.selected || !event.shiftKey || !targetOf(event.target)) return;
      event.preventDefault();
      rowElement(event.target)?.focus({ preventScroll: true });
    },
    pointerup() {
      endPress();
      swipe.up();
    },
    pointercancel() {
      endPress();
      swipe.end();
    },
    contextmenu(event) {
      const target = targetOf(event.target);
      // Marked text and fields have a menu of their own.
      const touched = (event as PointerEvent).pointerType === 'touch';
      const marked = !touched && (getSelection()?.toString() ?? '') !== '';
      if (!target || marked || (event.target as Element).closest('input, textarea')) return;
      event.preventDefault();
      endPress();
      swipe.end();
      swallowClick = touched;
      if (!actions.menu) actions.openMenu(target, { x: event.clientX, y: event.clientY }, addressOf(event.target));
    },
    wheel: () => screen.moved(),
    touchmove: () => screen.moved(),
  };

  // The finger that opened a menu still rests where the menu may be now.
  const lifted = (event: MouseEvent) => {
    if (!swallowClick) return;
    swallowClick = false;
    event.preventDefault();
    event.stopPropagation();
  };
  const click = (event: MouseEvent) => {
    const target = targetOf(event.target);
    // While messages are being selected, a click anywhere on one ticks it, and with Shift those up to there.
    if (!actions.selected || !target || (!event.shiftKey && (event.target as Element).matches('.tick'))) return;
    event.preventDefault();
    event.stopPropagation();
    // Only then has the browser put a refused tick back to what it was.
    if (event.shiftKey) setTimeout(() => actions.selectTo(screen.rows(), target.rowId));
    else actions.toggle(target);
  };
  const key = (event: KeyboardEvent) => (byKeyboard = isTab(event));
  const pointer = () => {
    byKeyboard = false;
    swallowClick = false;
  };

  for (const [type, listener] of Object.entries(listeners)) section.addEventListener(type, listener as EventListener, { passive: type === 'wheel' || type === 'touchmove' });
  section.addEventListener('click', click, { capture: true });
  window.addEventListener('keydown', key, { capture: true });
  window.addEventListener('pointerdown', pointer, { capture: true });
  window.addEventListener('click', lifted, { capture: true });
  return () => {
    endPress();
    swipe.end();
    window.removeEventListener('keydown', key, { capture: true });
    window.removeEventListener('pointerdown', pointer, { capture: true });
    window.removeEventListener('click', lifted, { capture: true });
  };
}
