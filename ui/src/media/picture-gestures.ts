// Wheel, mouse and fingers on a picture: they zoom where they point, move what is zoomed, and swipe to the next.

import { pinch, zoomStep, type Point } from './picture-geometry';

interface Meanings {
  zoomed: () => boolean;
  /** Towards a point, from the middle of the stage. */
  zoomBy: (factor: number, x: number, y: number) => void;
  move: (dx: number, dy: number) => void;
  fit: () => void;
  go: (step: 1 | -1) => void;
}

/** Pixels that a finger must swipe. */
const swipe = 60;
/** Pixels of one turn of the wheel that count, and how much each of them zooms. */
const mostWheel = 120;
const wheelSpeed = 0.004;

/** Attaches to the stage that the picture lies on. */
export const pictureGestures =
  (to: Meanings) =>
  (stage: HTMLElement): (() => void) => {
    const attached = new AbortController();
    const { signal } = attached;
    const pointers = new Map<number, Point>();
    let swiped = 0;

    const place = (event: MouseEvent): Point => {
      const box = stage.getBoundingClientRect();
      return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
    };

    function wheel(event: WheelEvent) {
      event.preventDefault();
      const at = place(event);
      to.zoomBy(Math.exp(-Math.max(-mostWheel, Math.min(mostWheel, event.deltaY)) * wheelSpeed), at.x, at.y);
    }

    function twice(event: MouseEvent) {
      const at = place(event);
      if (to.zoomed()) to.fit();
      else to.zoomBy(zoomStep ** 2, at.x, at.y);
    }

    function down(event: PointerEvent) {
      stage.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      swiped = 0;
    }

    function drag(event: PointerEvent) {
      const from = pointers.get(event.pointerId);
      if (!from) return;
      const at = place(event);
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const before = pinch(from, other);
        const after = pinch(at, other);
        if (before.distance > 0) to.zoomBy(after.distance / before.distance, after.x, after.y);
        to.move(after.x - before.x, after.y - before.y);
      } else if (to.zoomed()) to.move(at.x - from.x, at.y - from.y);
      else swiped += at.x - from.x;
      pointers.set(event.pointerId, at);
    }

    function up(event: PointerEvent) {
      pointers.delete(event.pointerId);
      if (event.pointerType !== 'mouse' && pointers.size === 0 && Math.abs(swiped) > swipe) to.go(swiped > 0 ? -1 : 1);
    }

    stage.addEventListener('wheel', wheel, { signal, passive: false });
    stage.addEventListener('dblclick', twice, { signal });
    stage.addEventListener('pointerdown', down, { signal });
    stage.addEventListener('pointermove', drag, { signal });
    stage.addEventListener('pointerup', up, { signal });
    stage.addEventListener('pointercancel', up, { signal });
    return () => attached.abort();
  };
