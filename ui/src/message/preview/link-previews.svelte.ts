// What is known of the links of a conversation. Kept while it is open, so that a message that is scrolled
// back into view has its height at once.

import type { Conversation } from '../../conversation/conversation.svelte';
import type { LinkPreview } from '../../protocol';

/** Links remembered for one conversation. */
const most = 500;

class LinkLookup {
  preview = $state.raw<LinkPreview | null>(null);
  busy = $state(false);
  /** The person asked, and it did not work. */
  failed = $state(false);
  /** The person asked, and there is nothing to show. */
  empty = $state(false);

  constructor(
    readonly conversation: Conversation,
    readonly target: string,
  ) {}

  /** Asks without being asked to: what goes wrong is no news. */
  async look(): Promise<void> {
    if (this.busy || this.empty || this.preview?.type === 'card') return;
    this.busy = true;
    try {
      this.preview = await this.#ask(false);
    } catch {
      // The next time it comes into view.
    }
    this.busy = false;
  }

  /** The person wants it, and lets the homeserver know the address. */
  async confirm(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.failed = false;
    try {
      this.preview = await this.#ask(true);
      this.empty = this.preview.type === 'nothing';
    } catch {
      this.failed = true;
    }
    this.busy = false;
  }

  #ask(confirmed: boolean): Promise<LinkPreview> {
    return this.conversation.app.backend.linkPreview(this.conversation.roomId, this.target, confirmed);
  }
}

const known = new WeakMap<Conversation, Map<string, LinkLookup>>();

export function lookupOf(conversation: Conversation, target: string): LinkLookup {
  let lookups = known.get(conversation);
  if (!lookups) known.set(conversation, (lookups = new Map()));
  let lookup = lookups.get(target);
  if (!lookup) {
    lookups.set(target, (lookup = new LinkLookup(conversation, target)));
    for (const oldest of lookups.keys()) {
      if (lookups.size <= most) break;
      lookups.delete(oldest);
    }
  }
  return lookup;
}
