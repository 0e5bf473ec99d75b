// Messages that came in while the conversation is open: announced once, and counted while they are
// out of view. So is that one's own could not be sent, and where a jump has led.

import { m } from '../paraglide/messages';
import type { TimelineRow } from '../protocol';
import { wordError } from '../words/errors.svelte';
import { authorName, fullDate, isolate } from '../words/format';
import { contentText } from '../words/message-words';

interface Spoken {
  id: string;
  text: string;
}

/** More at once than anyone would listen to. */
const spokenAtOnce = 3;
/** Rows from the end among which one's own may still be on their way. */
const recentRows = 100;

export class Arrivals {
  unseen = $state(0);
  spoken = $state.raw<readonly Spoken[]>([]);

  #last: string | undefined;
  #jumps = 0;
  readonly #failed = new Set<string>();

  /** Takes note of the rows after the last one known. */
  take(rows: readonly TimelineRow[], inView: boolean): { ownPending: boolean } {
    const failures = this.#failures(rows);
    const news: Spoken[] = [];
    let ownPending = false;
    for (const { id, content } of this.#added(rows)) {
      if (content.type !== 'message') continue;
      if (content.own) ownPending ||= content.sendState !== null;
      else news.push({ id, text: m.announce_message({ sender: isolate(authorName(content.sender)), text: contentText(content.content) }) });
    }
    const said = [...failures, ...news];
    if (said.length > 0) this.spoken = said.slice(-spokenAtOnce);
    if (!inView) this.unseen += news.length;
    return { ownPending };
  }

  #added(rows: readonly TimelineRow[]): readonly TimelineRow[] {
    const before = this.#last;
    this.#last = rows[rows.length - 1]?.id;
    if (before === undefined || before === this.#last) return [];
    const known = rows.findLastIndex((row) => row.id === before);
    return known < 0 ? [] : rows.slice(known + 1);
  }

  /** What failed since the last time. What had failed before the conversation was opened is read with its row. */
  #failures(rows: readonly TimelineRow[]): Spoken[] {
    const opening = this.#last === undefined;
    const news: Spoken[] = [];
    for (const { id, content } of rows.slice(-recentRows)) {
      if (content.type !== 'message') continue;
      if (content.sendState?.type !== 'failed') this.#failed.delete(id);
      else if (!this.#failed.has(id)) {
        this.#failed.add(id);
        if (!opening) news.push({ id: `${id} failed`, text: m.not_sent({ cause: wordError(content.sendState.error) }) });
      }
    }
    return news;
  }

  /** Says which message a jump has led to. */
  shows({ id, content }: TimelineRow): void {
    if (content.type !== 'message') return;
    const { own, sender, timestampMs } = content;
    const facts = { date: fullDate(timestampMs), text: contentText(content.content) };
    this.#jumps += 1;
    this.spoken = [{ id: `${id} jump ${this.#jumps}`, text: own ? m.announce_jump_own(facts) : m.announce_jump({ sender: isolate(authorName(sender)), ...facts }) }];
  }

  seen(): void {
    this.unseen = 0;
  }
}
