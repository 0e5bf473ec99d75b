// Where one is: which room, which pane, what lies on top.
//
// On a phone one pane is shown at a time and every step forward is a history entry, so that the
// system's back gesture leads back; it closes what lies over the window first. On a desktop only what lies on top
// is such a step.

import { keepFocus } from './focus';
import { closeTopLayer, layerCount } from './layers';

/** What the pane beside the conversation can show. */
const sides = ['details', 'thread', 'threads', 'pins', 'files', 'polls'] as const;
export type Side = (typeof sides)[number];
export type Pane = 'list' | 'conversation' | Side;
type Overlay = 'settings' | 'switcher' | 'shortcuts';

interface Place {
  pane: Pane;
  roomId: string | null;
  /** Root of the thread, where `pane` shows one. */
  thread: string | null;
  overlay: Overlay | null;
}

/** A place as the history has it, with the steps that led there. */
type Step = Place & { depth: number };

export const isSide = (pane: Pane): pane is Side => (sides as readonly string[]).includes(pane);

export const phoneWidth = '(max-width: 719.98px)';

export class Navigation {
  roomId = $state<string | null>(null);
  pane = $state<Pane>('list');
  thread = $state<string | null>(null);
  overlay = $state<Overlay | null>(null);
  phone = $state(false);
  /** What is open beside the conversation. */
  side = $derived(isSide(this.pane) ? this.pane : null);

  /** Gives the focus back to what had it when something was opened beside the conversation. */
  giveFocusBack: () => boolean = () => false;

  /** Where one was before the pane or the room changed. */
  left: Pick<Place, 'pane' | 'roomId' | 'thread'> = { pane: 'list', roomId: null, thread: null };

  /** Called before another room is shown. */
  onLeaveRoom: (roomId: string) => void = () => {};

  readonly #query = matchMedia(phoneWidth);

  /** Listens until the returned function is called. */
  start(): () => void {
    const measure = () => {
      this.phone = this.#query.matches;
      if (this.phone) this.#addSteps();
    };
    const back = (event: PopStateEvent) => {
      const place = (event.state as Step | null) ?? { pane: 'list', roomId: this.roomId, thread: null, overlay: null, depth: 0 };
      const steps = this.#depth - place.depth;
      if (steps > 0 && this.#isCovered) {
        // One stays where one is; only what lies on top goes.
        history.go(steps);
        closeTopLayer();
      } else this.#set(place);
    };
    history.replaceState({ ...this.#place(), depth: this.#depth }, '');
    measure();
    this.#query.addEventListener('change', measure);
    window.addEventListener('popstate', back);
    return () => {
      this.#query.removeEventListener('change', measure);
      window.removeEventListener('popstate', back);
    };
  }

  openRoom(roomId: string): void {
    performance.mark(`herold:room-open:${roomId}`);
    const forward = this.phone && this.pane === 'list' && this.overlay === null;
    this.#go({ pane: 'conversation', roomId, thread: null, overlay: null }, forward);
  }

  closeRoom(): void {
    this.#go({ pane: 'list', roomId: null, thread: null, overlay: null }, false);
  }

  /** Opens something beside the conversation; a thread by its root. */
  openSide(side: Side, thread: string | null = null): void {
    if (this.pane === side && this.thread === thread) return;
    if (this.side === null) this.giveFocusBack = keepFocus();
    this.#go({ ...this.#place(), pane: side, thread, overlay: null }, this.phone);
  }

  toggleSide(side: Side): void {
    if (this.pane === side) this.back('conversation');
    else this.openSide(side);
  }

  /** One pane back: through the history where it knows the way. */
  back(pane: Pane): void {
    if (this.phone && history.state && (history.state as Place).pane !== pane && history.length > 1 && this.#depth > 0) history.back();
    else this.#go({ ...this.#place(), pane, thread: null }, false);
  }

  open(overlay: Overlay): void {
    if (this.overlay === null) this.#beneath = layerCount();
    this.#go({ ...this.#place(), overlay }, this.phone && this.overlay === null);
  }

  closeOverlay(): void {
    if (this.overlay === null) return;
    if (this.phone && this.#depth > 0) history.back();
    else this.#go({ ...this.#place(), overlay: null }, false);
  }

  #depth = 0;
  /** Layers that lay there when the overlay was opened. */
  #beneath = 0;

  /** Something lies on top that is no step of its own, as the overlay is. */
  get #isCovered(): boolean {
    return layerCount() > (this.overlay === null ? 0 : this.#beneath + 1);
  }

  #place(): Place {
    return { pane: this.pane, roomId: this.roomId, thread: this.thread, overlay: this.overlay };
  }

  #go(place: Place, forward: boolean): void {
    this.#set(place);
    if (forward) {
      this.#depth += 1;
      history.pushState({ ...place, depth: this.#depth }, '');
    } else {
      history.replaceState({ ...place, depth: this.#depth }, '');
    }
  }

  /** The panes that were opened while they lay side by side become steps, so that one can go back through them. */
  #addSteps(): void {
    const here = this.#place();
    const alone = { ...here, thread: null, overlay: null };
    const way: Place[] = [{ ...alone, pane: 'list' }];
    if (this.pane !== 'list') way.push({ ...alone, pane: 'conversation' });
    if (this.side !== null) way.push({ ...here, overlay: null });
    if (this.overlay !== null) way.push(here);
    if (this.#depth >= way.length - 1) return;
    history.replaceState({ ...way[this.#depth], depth: this.#depth }, '');
    for (const place of way.slice(this.#depth + 1)) {
      this.#depth += 1;
      history.pushState({ ...place, depth: this.#depth }, '');
    }
  }

  #set(place: Place & { depth?: number }): void {
    if (this.roomId !== null && this.roomId !== place.roomId) this.onLeaveRoom(this.roomId);
    this.#depth = place.depth ?? this.#depth;
    if (this.pane !== place.pane || this.roomId !== place.roomId) this.left = { pane: this.pane, roomId: this.roomId, thread: this.thread };
    this.pane = place.pane;
    this.roomId = place.roomId;
    this.thread = place.thread;
    this.overlay = place.overlay;
  }
}
