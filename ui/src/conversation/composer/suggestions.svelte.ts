// The list that completes what is being typed: asked for once typing pauses, narrowed at once.

import type { MediaToken, TextMention } from '../../protocol';
import { stillMatches, triggerAt, type Trigger } from './completion';

export interface Suggestion {
  /** Unique in the list. */
  id: string;
  /** What takes the place of what was typed. */
  insert: string;
  mention: TextMention | null;
  name: string;
  /** What tells it apart. */
  detail: string | null;
  /** `null` for emoji, which are a picture themselves. */
  face: { avatar: MediaToken | null } | null;
  emoji: string | null;
  /** What typing on is compared with. */
  words: readonly string[];
}

const waitMs = 60;

export class Suggestions {
  items = $state.raw<readonly Suggestion[]>([]);
  active = $state(0);

  #trigger: Trigger | null = null;
  /** Where a sign stands whose list was closed with Escape. */
  #refused: number | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(readonly find: (trigger: Trigger) => Promise<readonly Suggestion[]>) {}

  get open(): boolean {
    return this.items.length > 0;
  }

  /** Something was typed: looks at what stands before the caret. */
  look(text: string, caret: number): void {
    const trigger = triggerAt(text, caret);
    if (trigger === null) {
      this.close();
      return;
    }
    if (trigger.start === this.#refused) return;
    this.#refused = null;
    const same = this.#trigger?.kind === trigger.kind && this.#trigger.start === trigger.start;
    this.#trigger = trigger;
    // Nobody may be chosen who no longer answers what is typed.
    this.#show(same ? this.items.filter((item) => stillMatches(item.words, trigger.query)) : []);
    clearTimeout(this.#timer);
    const asked = (this.#asked += 1);
    this.#timer = setTimeout(() => {
      this.find(trigger).then(
        (items) => asked === this.#asked && this.#show(items),
        () => asked === this.#asked && this.#show([]),
      );
    }, waitMs);
  }

  move(step: 1 | -1): void {
    this.active = (this.active + step + this.items.length) % this.items.length;
  }

  /** Takes the suggestion and closes the list. */
  choose(index = this.active): { trigger: Trigger; item: Suggestion } | null {
    const item = this.items[index];
    const trigger = this.#trigger;
    this.close();
    return item && trigger ? { trigger, item } : null;
  }

  /** Closes the list until another sign is typed. */
  refuse(): void {
    const start = this.#trigger?.start ?? null;
    this.close();
    this.#refused = start;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.#trigger = null;
    this.#refused = null;
    if (this.items.length > 0) this.#show([]);
  }

  #show(items: readonly Suggestion[]): void {
    if (items.length === 0 && this.items.length === 0) return;
    this.items = items;
    this.active = 0;
  }
}
