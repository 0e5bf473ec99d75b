// A finger that draws a message to the right answers it. The menu has the same for everybody else.

import { mount, unmount } from 'svelte';

import type { MessageActions, Target } from './message-actions.svelte';
import SwipeSign from './SwipeSign.svelte';

/** Pixels a finger moves before it is clear where to. */
const start = 12;
/** Pixels after which letting go answers, and how far the message follows. */
const threshold = 56;
const farthest = 80;
/** At the sides of the screen, the same movement belongs to the system: it goes back. */
const edge = 32;

interface Swipe {
  pointer: number;
  x: number;
  y: number;
  row: HTMLElement;
  target: Target;
  /** Beside the message, once it is drawn. */
  sign: object | null;
  ready: boolean;
}

/** What is moved sideways itself: players, fields, code and tables that are wider than the message. */
function movesItself(element: Element, row: HTMLElement): boolean {
  for (let part: Element | null = element; part && part !== row; part = part.parentElement) {
    if (part.matches('input, textarea, video, [role="slider"]')) return true;
    if (part.scrollWidth > part.clientWidth && /auto|scroll/.test(getComputedStyle(part).overflowX)) return true;
  }
  return false;
}

export function swipeToReply(actions: MessageActions) {
  let swipe: Swipe | null = null;

  function end(): void {
    if (!swipe) return;
    const { row, sign } = swipe;
    swipe = null;
    if (!sign) return;
    delete row.dataset['swipe'];
    row.style.removeProperty('--swipe');
    void unmount(sign);
  }

  return {
    end,
    down(event: PointerEvent, row: HTMLElement | null, target: Target | null): void {
      end();
      if (event.pointerType !== 'touch' || !event.isPrimary || !row || !target || actions.selected) return;
      const { clientX: x, clientY: y } = event;
      if (x < edge || x > innerWidth - edge || movesItself(event.target as Element, row) || !actions.available(target.message).includes('reply')) return;
      swipe = { pointer: event.pointerId, x, y, row, target, sign: null, ready: false };
    },
    move(event: PointerEvent): void {
      if (!swipe || event.pointerId !== swipe.pointer) return;
      const [right, across] = [event.clientX - swipe.x, Math.abs(event.clientY - swipe.y)];
      if (!swipe.sign) {
        if (across > start || right < -start) return end();
        if (right < start || right < 2 * across) return;
        swipe.sign = mount(SwipeSign, { target: swipe.row });
      }
      const drawn = Math.max(0, Math.min(farthest, right - start));
      swipe.ready = drawn >= threshold;
      swipe.row.dataset['swipe'] = swipe.ready ? 'ready' : 'begun';
      swipe.row.style.setProperty('--swipe', `${drawn}px`);
    },
    up(): void {
      const done = swipe?.ready ? swipe.target : null;
      end();
      if (done) void actions.run('reply', done);
    },
  };
}
