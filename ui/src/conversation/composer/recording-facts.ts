// What only a player can tell of a film or a sound before it is sent: how long it is, how large, and a picture of
// it. Nothing of it is needed: what cannot be played here, or not soon, is sent without.

import { playedType } from '../../media/recording.svelte';
import type { RecordingFacts, StagedFile } from '../../protocol';

/** Milliseconds for each step of a player that may never say anything. */
const patience = 8000;
const longestSide = 800;
/** Bytes that the core takes. */
const largestStill = 300_000;

export async function recordingFacts(file: StagedFile, address: string, stop: AbortSignal): Promise<RecordingFacts> {
  const response = await fetch(address, { signal: stop });
  if (!response.ok) throw new Error(`${response.status}`);
  const url = URL.createObjectURL(new Blob([await response.arrayBuffer()], { type: playedType(file) }));
  const player = document.createElement(file.kind === 'video' ? 'video' : 'audio');
  try {
    player.muted = true;
    player.preload = 'auto';
    const ready = heard(player, file.kind === 'video' ? 'loadeddata' : 'loadedmetadata', stop);
    player.src = url;
    await ready;
    const durationMs = Number.isFinite(player.duration) && player.duration > 0 ? Math.round(player.duration * 1000) : null;
    // Without a codec for its picture, a film is nothing but sound.
    if (!(player instanceof HTMLVideoElement) || player.videoWidth === 0) return { durationMs, width: null, height: null, still: null };
    return { durationMs, width: player.videoWidth, height: player.videoHeight, still: await still(player, stop).catch(() => null) };
  } finally {
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(url);
  }
}

/** Not the very first picture, which is often black. */
async function still(film: HTMLVideoElement, stop: AbortSignal): Promise<string | null> {
  if (film.duration > 0) {
    const there = heard(film, 'seeked', stop);
    film.currentTime = Math.min(1, film.duration / 2);
    await there;
  }
  const scale = Math.min(1, longestSide / Math.max(film.videoWidth, film.videoHeight));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(film.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(film.videoHeight * scale));
  canvas.getContext('2d')?.drawImage(film, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.8, 0.5]) {
    const drawn = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (drawn?.type === 'image/jpeg' && drawn.size <= largestStill) return base64(drawn);
  }
  return null;
}

function heard(player: HTMLMediaElement, event: 'loadeddata' | 'loadedmetadata' | 'seeked', stop: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = AbortSignal.any([stop, AbortSignal.timeout(patience)]);
    const end = () => reject(new Error('stopped'));
    if (done.aborted) return end();
    done.addEventListener('abort', end, { once: true });
    player.addEventListener(event, () => resolve(), { once: true, signal: done });
    player.addEventListener('error', () => reject(new Error('not playable')), { once: true, signal: done });
  });
}

function base64(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('not readable'));
    reader.readAsDataURL(blob);
  });
}
