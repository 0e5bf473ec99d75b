// Where a picture lies in the viewer. Lengths are CSS pixels; places are measured from the middle of the
// viewport, and `x` and `y` are where the middle of the picture is.

import type { Size } from '../message/picture-size';

export interface Point {
  x: number;
  y: number;
}

export interface View extends Point {
  /** 1 fits the viewport. */
  scale: number;
  /** Degrees: 0, 90, 180, 270. */
  turn: number;
}

export const still: View = { scale: 1, x: 0, y: 0, turn: 0 };
export const zoomStep = 1.5;
const least = 1;
const most = 16;

const turned = (size: Size, turn: number): Size => (turn % 180 === 0 ? size : { width: size.height, height: size.width });

/** The size at which the whole picture is seen; small pictures are not blown up. */
export function fitted(picture: Size, viewport: Size, turn: number): Size {
  const seen = turned(picture, turn);
  if (seen.width <= 0 || seen.height <= 0) return { width: 0, height: 0 };
  const scale = Math.min(1, viewport.width / seen.width, viewport.height / seen.height);
  return { width: picture.width * scale, height: picture.height * scale };
}

/** Keeps the picture from being pushed out of the viewport. */
export function clamp(view: View, picture: Size, viewport: Size): View {
  const scale = Math.min(most, Math.max(least, view.scale));
  const seen = turned(fitted(picture, viewport, view.turn), view.turn);
  const within = (place: number, size: number, room: number) => {
    const reach = Math.max(0, (size * scale - room) / 2);
    return reach === 0 ? 0 : Math.min(reach, Math.max(-reach, place));
  };
  return { ...view, scale, x: within(view.x, seen.width, viewport.width), y: within(view.y, seen.height, viewport.height) };
}

/** Changes the scale while what is at (`x`, `y`) stays there. */
export function zoom(view: View, factor: number, x: number, y: number, picture: Size, viewport: Size): View {
  const scale = Math.min(most, Math.max(least, view.scale * factor));
  const change = scale / view.scale;
  return clamp({ ...view, scale, x: x - (x - view.x) * change, y: y - (y - view.y) * change }, picture, viewport);
}

export function pan(view: View, dx: number, dy: number, picture: Size, viewport: Size): View {
  return clamp({ ...view, x: view.x + dx, y: view.y + dy }, picture, viewport);
}

export const turn = (view: View): View => ({ ...still, turn: (view.turn + 90) % 360 });

/** The distance and the middle of two fingers. */
export function pinch(a: Point, b: Point): Point & { distance: number } {
  return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}
