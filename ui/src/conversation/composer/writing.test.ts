import { expect, test } from 'vitest';

import type { Conversation } from '../conversation.svelte';
import { Writing } from './writing.svelte';

const inRoomOf = (memberCount: number | null): Writing =>
  new Writing({ id: {}, details: memberCount === null ? null : { memberCount }, app: { backend: { keptRecording: async () => null } } } as unknown as Conversation);

test('"@room" reaches everybody but oneself', () => {
  expect(inRoomOf(12).others).toBe(11);
  expect(inRoomOf(1).others).toBe(0);
  expect(inRoomOf(null).others).toBe(0);
});
