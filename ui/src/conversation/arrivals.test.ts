import { describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { echo, incoming, keller, message, paragraph } from '../fixture/messages';
import type { SendState, TimelineRow } from '../protocol';
import { Arrivals } from './arrivals.svelte';
import { continues } from './grouping';

setLanguage('de');

describe('messages that arrive', () => {
  test('are announced once, with sender and text', () => {
    const arrivals = new Arrivals();
    const rows = [incoming('alt')];
    arrivals.take(rows, true);
    expect(arrivals.spoken).toEqual([]);
    const more = [...rows, incoming('neu')];
    arrivals.take(more, true);
    expect(arrivals.spoken.map((line) => line.text)).toEqual(['\u2068Thomas Brandt\u2069: neu']);
    const before = arrivals.spoken;
    arrivals.take([...more], true);
    expect(arrivals.spoken).toBe(before);
  });

  test('older messages that load at the front are not news', () => {
    const arrivals = new Arrivals();
    const rows = [incoming('jetzt')];
    arrivals.take(rows, true);
    arrivals.take([incoming('früher'), ...rows], false);
    expect(arrivals.spoken).toEqual([]);
    expect(arrivals.unseen).toBe(0);
  });

  test('that one’s own message could not be sent is said once, and again after another try', () => {
    const arrivals = new Arrivals();
    const as = (row: TimelineRow, sendState: SendState): TimelineRow =>
      row.content.type === 'message' ? { ...row, content: { ...row.content, sendState } } : row;
    const failed = as(echo('a'), { type: 'failed', error: { kind: 'forbidden' } });
    const sending = as(failed, { type: 'sending', progress: null });
    arrivals.take([incoming('alt'), sending], true);
    arrivals.take([incoming('alt'), failed], true);
    expect(arrivals.spoken.map((line) => line.text)).toEqual([expect.stringContaining('Nicht gesendet')]);
    const said = arrivals.spoken;
    arrivals.take([incoming('alt'), { ...failed }], true);
    expect(arrivals.spoken).toBe(said);
    arrivals.take([incoming('alt'), sending], true);
    arrivals.take([incoming('alt'), failed], true);
    expect(arrivals.spoken).not.toBe(said);

    const opened = new Arrivals();
    opened.take([failed], true);
    expect(opened.spoken).toEqual([]);
  });

  test('where a jump leads is said each time, with day and time', () => {
    const arrivals = new Arrivals();
    arrivals.take([incoming('alt')], true);
    const row = message(keller, new Date(2026, 4, 3, 10, 15).getTime(), { type: 'text', blocks: [paragraph('Der Plan')] });
    arrivals.shows(row);
    expect(arrivals.spoken.map((line) => line.text)).toEqual(['Nachricht von \u2068Jonas Keller\u2069, Sonntag, 3. Mai 2026 um 10:15: Der Plan']);
    const first = arrivals.spoken[0]!.id;
    arrivals.shows(row);
    expect(arrivals.spoken[0]!.id).not.toBe(first);
  });

  test('out of view they are counted until they were seen; one’s own are not', () => {
    const arrivals = new Arrivals();
    const rows = [incoming('a')];
    arrivals.take(rows, false);
    expect(arrivals.take([...rows, incoming('b'), incoming('c'), echo('d')], false).ownPending).toBe(true);
    expect(arrivals.unseen).toBe(2);
    arrivals.seen();
    expect(arrivals.unseen).toBe(0);
  });
});

describe('grouping', () => {
  test('joins what one person says within five minutes', () => {
    const first = incoming('a');
    const second = incoming('b');
    expect(continues(first, second)).toBe(true);
    expect(continues(first, echo('c'))).toBe(false);
    expect(continues(undefined, first)).toBe(false);
    const late = structuredClone(second);
    if (late.content.type === 'message') late.content.timestampMs += 6 * 60_000;
    expect(continues(first, late)).toBe(false);
  });
});
