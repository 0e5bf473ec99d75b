import { describe, expect, test } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { echo, incoming } from '../fixture/messages';
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
