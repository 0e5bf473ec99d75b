// What there is to say about a recording.

import { m } from '../paraglide/messages';
import type { RecordingState } from './recording.svelte';

export const recordingWords: Record<RecordingState, () => string> = {
  idle: () => '',
  loading: () => m.media_loading(),
  ready: () => '',
  failed: () => m.media_failed(),
  refused: () => m.media_refused(),
  tooLarge: () => m.media_too_large(),
};
