import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { setLanguage } from '../app/locale.svelte';
import { previewOf } from '../files/file-kind';
import { coordinatesOf } from '../message/coordinates';
import type { Attachment, TimelineRow } from '../protocol';
import { clamp, fitted, pan, pinch, still, turn, zoom } from './picture-geometry';
import { recordingWords } from './recording-words';
import { largestPlayed, playedType, Recording } from './recording.svelte';
import { picturesOf } from './shown-pictures';
import { bars } from './waveform';

beforeEach(() => setLanguage('de'));

const picture = { width: 2000, height: 1000 };
const window = { width: 1000, height: 800 };
const attachment = (over: Partial<Attachment> = {}): Attachment => ({ kind: 'voice', filename: 'a.ogg', mimeType: 'audio/ogg', size: 1000, durationMs: 1000, file: 't', picture: null, waveform: [], ...over });

describe('the picture in the viewer', () => {
  test('fits the window, and a small one keeps its size', () => {
    expect(fitted(picture, window, 0)).toEqual({ width: 1000, height: 500 });
    expect(fitted({ width: 100, height: 50 }, window, 0)).toEqual({ width: 100, height: 50 });
  });

  test('turned on its side it fits by its other edge', () => {
    expect(fitted(picture, window, 90)).toEqual({ width: 800, height: 400 });
    expect(turn(turn(turn(turn(still))))).toEqual(still);
  });

  test('stays in the middle while it fits', () => {
    expect(pan(still, 300, -200, picture, window)).toEqual(still);
  });

  test('cannot be pushed out of the window', () => {
    const view = clamp({ scale: 2, x: 9999, y: -9999, turn: 0 }, picture, window);
    // 2000 x 1000 in 1000 x 800: half of what does not fit.
    expect([view.x, view.y]).toEqual([500, -100]);
  });

  test('what is under the pointer stays under it', () => {
    const view = zoom(still, 4, 200, 0, picture, window);
    expect(view.scale).toBe(4);
    expect((200 - view.x) / view.scale).toBeCloseTo(200);
  });

  test('is never smaller than the window asks for, nor larger than makes sense', () => {
    expect(zoom(still, 0.1, 0, 0, picture, window).scale).toBe(1);
    expect(zoom(still, 1000, 0, 0, picture, window).scale).toBe(16);
    expect(zoom(zoom(still, 3, 100, 50, picture, window), 0.01, 0, 0, picture, window)).toEqual(still);
  });

  test('nonsense sizes do no harm', () => {
    expect(clamp({ scale: 3, x: 5, y: 5, turn: 0 }, { width: 0, height: 0 }, window)).toEqual({ scale: 3, x: 0, y: 0, turn: 0 });
    expect(pinch({ x: 0, y: 0 }, { x: 6, y: 8 })).toEqual({ distance: 10, x: 3, y: 4 });
  });
});

describe('the bars of a voice message', () => {
  test('each shows the loudest moment of its part', () => {
    expect(bars([0, 50, 100, 20], 2)).toEqual([50, 100]);
    expect(bars([40, 60], 4)).toEqual([40, 40, 60, 60]);
  });

  test('silence is still seen, and more than everything is cut off', () => {
    expect(bars([0, 500, NaN], 3)).toEqual([12, 100, 12]);
  });

  test('without loudness all are alike', () => {
    expect(new Set(bars([], 44)).size).toBe(1);
    expect(bars([], 44)).toHaveLength(44);
  });
});

describe('a recording', () => {
  afterEach(() => vi.unstubAllGlobals());

  test('keeps the claimed type only where it is sound or film', () => {
    expect(playedType(attachment({ mimeType: 'audio/ogg; codecs=opus' }))).toBe('audio/ogg');
    expect(playedType(attachment({ mimeType: 'text/html' }))).toBe('audio/ogg');
    expect(playedType(attachment({ kind: 'video', mimeType: 'application/xhtml+xml' }))).toBe('video/mp4');
    expect(playedType(attachment({ mimeType: null }))).toBe('audio/ogg');
  });

  test('that is too large is not even fetched', async () => {
    const fetched = vi.fn();
    vi.stubGlobal('fetch', fetched);
    const recording = new Recording(() => attachment({ size: largestPlayed + 1 }), (token) => token);
    expect(recording.state).toBe('tooLarge');
    expect(await recording.load()).toBe(false);
    expect(fetched).not.toHaveBeenCalled();
  });

  test('that is larger than its sender said is not taken, and what to do about it is named', async () => {
    vi.stubGlobal('fetch', vi.fn().mockResolvedValue(new Response(null, { status: 413 })));
    const recording = new Recording(() => attachment({ kind: 'video', size: null }), (token) => token);
    expect(await recording.load()).toBe(false);
    expect(recording.state).toBe('tooLarge');
    expect(recordingWords[recording.state]()).toContain('öffnen Sie sie mit einem anderen Programm');
  });

  test('that cannot be fetched may be tried again, and is given back at the end', async () => {
    const fetched = vi.fn().mockResolvedValueOnce(new Response(null, { status: 503 })).mockResolvedValueOnce(new Response('x'));
    vi.stubGlobal('fetch', fetched);
    const revoked = vi.spyOn(URL, 'revokeObjectURL');
    const recording = new Recording(() => attachment(), (token) => `media:${token}`);
    expect(await recording.load()).toBe(false);
    expect(recording.state).toBe('failed');
    expect(await recording.load()).toBe(true);
    expect(recording.state).toBe('ready');
    const url = recording.url;
    recording.close();
    expect(revoked).toHaveBeenCalledWith(url);
    expect(recording.url).toBeNull();
  });

  test('that was just sent is fetched by the name it has since then', async () => {
    const fetched = vi.fn().mockImplementation(async (address: string) => new Response('x', { status: address === 'sent' ? 200 : 404 }));
    vi.stubGlobal('fetch', fetched);
    let current = attachment({ file: 'waiting' });
    const recording = new Recording(() => current, (token) => token);
    const loaded = recording.load();
    current = attachment({ file: 'sent' });
    expect(await loaded).toBe(true);
    recording.close();
  });

  test('that the player refuses names what to do about it, and may be tried again', async () => {
    vi.stubGlobal('fetch', vi.fn().mockImplementation(async () => new Response('x')));
    const recording = new Recording(() => attachment(), (token) => token);
    await recording.load();
    recording.refused();
    expect(recording.state).toBe('refused');
    expect(recording.url).toBeNull();
    expect(recordingWords[recording.state]()).toMatch(/codec/i);
    expect(await recording.load()).toBe(true);
    recording.close();
  });
});

describe('what can be looked at', () => {
  test('pictures of messages and galleries are one row', () => {
    const image = (file: string) => attachment({ kind: 'image', file, picture: { full: file, thumbnail: null, width: 1, height: 1, blurhash: null } });
    const item = (attachment: Attachment) => ({ type: 'file', attachment, caption: null });
    const row = (content: object): TimelineRow => ({ id: '1', content: { type: 'message', content } as never });
    const found = picturesOf([row({ type: 'attachment', attachment: image('a'), caption: null }), row({ type: 'gallery', items: [item(image('b')), item(attachment({ kind: 'file' })), { type: 'unknown', itemType: 'x', fallback: null }, item(image('c'))], caption: null }), row({ type: 'text', blocks: [] })]);
    expect(found.map((item) => item.attachment.file)).toEqual(['a', 'b', 'c']);
  });

  test('text and PDF are shown, programs and huge PDFs are not', () => {
    expect(previewOf({ filename: 'a.txt', mimeType: 'text/plain', size: 1 })).toBe('text');
    expect(previewOf({ filename: 'a.csv', mimeType: 'application/octet-stream', size: 1 })).toBe('text');
    expect(previewOf({ filename: 'a.pdf', mimeType: 'application/pdf', size: 1 })).toBe('pdf');
    expect(previewOf({ filename: 'a.PDF', mimeType: 'application/octet-stream', size: 1 })).toBe('pdf');
    expect(previewOf({ filename: 'a.pdf', mimeType: 'application/x-msdownload', size: 1 })).toBeNull();
    expect(previewOf({ filename: 'a.pdf', mimeType: 'application/pdf', size: 900_000_000 })).toBeNull();
    expect(previewOf({ filename: 'a.exe', mimeType: 'application/x-msdownload', size: 1 })).toBeNull();
  });

  test('only places on earth have coordinates', () => {
    expect(coordinatesOf('geo:48.137,11.575')).toEqual({ latitude: 48.137, longitude: 11.575 });
    expect(coordinatesOf('geo:-33.9,18.4,20;u=35')).toEqual({ latitude: -33.9, longitude: 18.4 });
    expect(coordinatesOf('geo:48.13743012345678,11.575490123456789')).not.toBeNull();
    expect(coordinatesOf('geo:91,0')).toBeNull();
    expect(coordinatesOf('javascript:1,2')).toBeNull();
  });
});
