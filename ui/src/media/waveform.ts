// The bars of a voice message.

const quiet = 12;
/** What is drawn where the sender sent no loudness: the same for every message, so that it pretends nothing. */
const unknown = 28;

/** Heights from 0 to 100 for `count` bars; each bar shows the loudest moment of its part. */
export function bars(waveform: readonly number[], count: number): number[] {
  if (waveform.length === 0) return Array.from({ length: count }, () => unknown);
  return Array.from({ length: count }, (_, bar) => {
    const from = Math.floor((bar * waveform.length) / count);
    const to = Math.max(from + 1, Math.ceil(((bar + 1) * waveform.length) / count));
    const loudest = waveform.slice(from, to).reduce((most, value) => (Number.isFinite(value) ? Math.max(most, value) : most), 0);
    return Math.round(Math.max(quiet, Math.min(100, loudest)));
  });
}
