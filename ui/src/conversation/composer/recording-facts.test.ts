import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { StagedFile } from '../../protocol';
import { recordingFacts } from './recording-facts';

const film: StagedFile = { id: 'staged1', filename: 'Begehung.mp4', size: 4, mimeType: 'video/mp4', kind: 'video', picture: null, recording: 'staged-recording-1', metadata: 'stays', problem: null };
const sound: StagedFile = { ...film, filename: 'Ansage.mp3', mimeType: 'audio/mpeg', kind: 'audio' };

interface Played {
  duration: number;
  width?: number;
  height?: number;
  says?: 'loadeddata' | 'loadedmetadata' | 'error' | null;
}

/** A player that finds this, and a canvas that draws pictures of so many bytes. */
function play({ duration, width = 0, height = 0, says = 'loadeddata' }: Played, drawn = 1000) {
  const create = document.createElement.bind(document);
  const canvas = { width: 0, height: 0, getContext: () => ({ drawImage: vi.fn() }), toBlob: (done: (blob: Blob) => void) => done(new Blob(['x'.repeat(drawn)], { type: 'image/jpeg' })) };
  let at = 0;
  vi.spyOn(document, 'createElement').mockImplementation((name: string) => {
    if (name === 'canvas') return canvas as unknown as HTMLElement;
    const player = create(name);
    const later = (event: string) => setTimeout(() => player.dispatchEvent(new Event(event)));
    Object.defineProperties(player, {
      duration: { value: duration },
      videoWidth: { value: width },
      videoHeight: { value: height },
      load: { value: () => {} },
      src: { set: () => says && later(says) },
      currentTime: { get: () => at, set: (seconds: number) => ((at = seconds), later('seeked')) },
    });
    return player;
  });
  return { canvas, at: () => at };
}

const look = (file: StagedFile, stop = new AbortController().signal) => recordingFacts(file, 'herold-media:staged-recording-1?bytes', stop);

beforeEach(() => {
  vi.stubGlobal('fetch', vi.fn(async () => new Response('film')));
  vi.stubGlobal('URL', Object.assign(URL, { createObjectURL: () => 'blob:film', revokeObjectURL: vi.fn() }));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('what a player tells of a file', () => {
  test('is how long a film is, how large, and a small picture of its second second', async () => {
    const { canvas, at } = play({ duration: 12.5, width: 1920, height: 1080 });
    const facts = await look(film);
    expect(facts).toEqual({ durationMs: 12_500, width: 1920, height: 1080, still: btoa('x'.repeat(1000)) });
    expect([canvas.width, canvas.height, at()]).toEqual([800, 450, 1]);
    expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:film');
  });

  test('of a very short film is the picture of its middle', async () => {
    const { canvas, at } = play({ duration: 0.5, width: 320, height: 240 });
    await look(film);
    expect([canvas.width, canvas.height, at()]).toEqual([320, 240, 0.25]);
  });

  test('of a sound is how long it is', async () => {
    play({ duration: 61, says: 'loadedmetadata' });
    expect(await look(sound)).toEqual({ durationMs: 61_000, width: null, height: null, still: null });
  });

  test('is the length alone where its picture cannot be shown, and nothing where even that is not known', async () => {
    play({ duration: Infinity });
    expect(await look(film)).toEqual({ durationMs: null, width: null, height: null, still: null });
  });

  test('is no picture that the core would not take', async () => {
    play({ duration: 12.5, width: 1920, height: 1080 }, 400_000);
    expect(await look(film)).toEqual({ durationMs: 12_500, width: 1920, height: 1080, still: null });
  });

  test.each<[string, Played['says']]>([
    ['does not play it', 'error'],
    ['says nothing', null],
  ])('ends where the player %s', async (_how, says) => {
    const patience = new AbortController();
    vi.spyOn(AbortSignal, 'timeout').mockReturnValue(patience.signal);
    play({ duration: NaN, says });
    const looking = expect(look(film)).rejects.toThrow();
    if (says === null) setTimeout(() => patience.abort(), 20);
    await looking;
    expect(URL.revokeObjectURL).toHaveBeenCalledWith('blob:film');
  });

  test('is nobody’s concern any more once the file is put back', async () => {
    play({ duration: 12.5, width: 1920, height: 1080 });
    const stop = new AbortController();
    vi.stubGlobal('fetch', async () => (stop.abort(), new Response('film')));
    await expect(look(film, stop.signal)).rejects.toThrow('stopped');
  });
});
