// The room list: one list of the core per section, shown as one; while searching, one list of all.

import type { Backend } from '../backend';
import type { LiveList } from '../list/live-list.svelte';
import type { RoomFilter, RoomRow, RoomSection } from '../protocol';
import { QueriedRooms } from './queried-rooms.svelte';

export type Entry =
  | { type: 'section'; key: string; section: RoomSection; collapsed: boolean; unread: number }
  | { type: 'room'; key: string; room: RoomRow };

export const sections: readonly RoomSection[] = ['invitations', 'favourites', 'people', 'rooms', 'lowPriority'];

/** Rows before the end of a section at which the next page is asked for. */
const pageAhead = 15;

export class RoomList {
  filter = $state<RoomFilter>('all');
  search = $state('');
  #collapsed = $state.raw<ReadonlySet<RoomSection>>(new Set<RoomSection>(['lowPriority']));
  #found = $state.raw<QueriedRooms | null>(null);

  readonly #backend: Backend;
  readonly #sections: ReadonlyMap<RoomSection, QueriedRooms>;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#sections = new Map(
      sections.map((section) => [section, new QueriedRooms(backend, { section, filter: 'all', search: '' })]),
    );
  }

  /** What is on screen from top to bottom. */
  entries: readonly Entry[] = $derived.by(() => {
    if (this.#found) return this.#found.list.rows.map(toEntry);
    const entries: Entry[] = [];
    for (const [section, rooms] of this.#sections) {
      const rows = rooms.list.rows;
      if (rows.length === 0) continue;
      const collapsed = this.#collapsed.has(section);
      const unread = rows.reduce((sum, row) => sum + (row.muted ? 0 : row.unread.notifications), 0);
      entries.push({ type: 'section', key: `section ${section}`, section, collapsed, unread });
      if (!collapsed) for (const row of rows) entries.push(toEntry(row));
    }
    return entries;
  });

  /** Conversations with something new, among those that are loaded: the latest of each section. */
  unread = $derived.by(() => [...this.#sections.values()].flatMap((rooms) => rooms.list.rows.filter(isUnread)).length);

  #lists = $derived.by(() => (this.#found ? [this.#found.list] : [...this.#sections.values()].map((rooms) => rooms.list)));

  loaded = $derived(this.#lists.every((list) => list.loaded));
  error = $derived(this.#lists.find((list) => list.error)?.error ?? null);
  loadingMore = $derived(this.#lists.some((list) => list.loadingMore));
  searching = $derived(this.#found !== null);

  setFilter(filter: RoomFilter): void {
    if (filter === this.filter) return;
    this.filter = filter;
    for (const rooms of this.#sections.values()) rooms.ask({ filter });
    this.#found?.ask({ filter });
  }

  setSearch(search: string): void {
    this.search = search;
    const wanted = search.trim();
    if (wanted === '') {
      this.#found?.list.close();
      this.#found = null;
    } else if (this.#found) this.#found.ask({ search: wanted });
    else this.#found = new QueriedRooms(this.#backend, { section: null, filter: this.filter, search: wanted });
  }

  toggleSection(section: RoomSection): void {
    const next = new Set(this.#collapsed);
    if (!next.delete(section)) next.add(section);
    this.#collapsed = next;
  }

  /** The row of a room, where it is loaded. */
  find(roomId: string): RoomRow | undefined {
    for (const rooms of [...this.#sections.values(), ...(this.#found ? [this.#found] : [])]) {
      const row = rooms.list.rows.find((candidate) => candidate.id === roomId);
      if (row) return row;
    }
    return undefined;
  }

  /** The room `step` places after this one on screen. */
  neighbour(roomId: string | null, step: 1 | -1): string | undefined {
    const rooms = this.entries.flatMap((entry) => (entry.type === 'room' ? [entry.room.id] : []));
    const index = roomId === null ? -1 : rooms.indexOf(roomId);
    if (index < 0) return rooms[step > 0 ? 0 : rooms.length - 1];
    return rooms[index + step];
  }

  /** Entries `first` to `last` are on screen: keep those rooms fresh, and load what comes next. */
  see(first: number, last: number): void {
    let shown = -1;
    const visible: string[] = [];
    const edges = new Map<LiveList<RoomRow>, number>();
    for (const entry of this.entries) {
      shown += 1;
      if (entry.type !== 'room') continue;
      if (shown >= first && shown <= last) visible.push(entry.room.id);
      const list = this.#found?.list ?? this.#sections.get(entry.room.section)?.list;
      if (list) edges.set(list, shown);
    }
    for (const [list, edge] of edges) if (edge >= first && edge <= last + pageAhead) void list.loadMore();
    void this.#backend.setVisibleRooms(visible).catch(() => {});
  }

  retry(): void {
    for (const list of this.#lists) if (list.error) list.retry();
  }

  close(): void {
    for (const rooms of this.#sections.values()) rooms.list.close();
    this.#found?.list.close();
  }
}

/** What is muted counts where somebody was meant by name. */
const isUnread = ({ membership, muted, unread }: RoomRow): boolean =>
  membership === 'invited' || unread.mentions > 0 || unread.marked || (!muted && unread.messages > 0);

const toEntry = (room: RoomRow): Entry => ({ type: 'room', key: room.id, room });
