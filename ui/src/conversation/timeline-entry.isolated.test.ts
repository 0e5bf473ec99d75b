import { mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';

import TimelineEntry from './TimelineEntry.svelte';

let mounted: ReturnType<typeof mount>;

afterEach(async () => {
  await unmount(mounted);
  vi.unstubAllEnvs();
});

test('the divider of a day says the reader’s day to machines, also before it is that day in Greenwich', () => {
  vi.stubEnv('TZ', 'Europe/Berlin');
  const row = { id: 'd', content: { type: 'dayDivider' as const, timestampMs: Date.UTC(2026, 6, 3, 22, 30) } };
  mounted = mount(TimelineEntry, { target: document.body, props: { row, continuation: false, continued: false, encrypted: true, direct: false, onfold: () => {} } });
  expect(document.querySelector('time')!.getAttribute('datetime')).toBe('2026-07-04');
});
