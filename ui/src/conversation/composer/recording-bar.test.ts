import { mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { RecordingEvent, VoiceRecording } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import RecordingBarHost from './RecordingBarHost.test.svelte';
import { VoiceRecorder } from './voice-recorder.svelte';

const recorded: VoiceRecording = {
  attachment: { kind: 'voice', filename: '', mimeType: 'audio/ogg', size: 1, durationMs: 5000, file: 'recording-1', picture: null, waveform: [] },
  end: 'stopped',
};

let hear: (event: RecordingEvent) => void;
const backend = {
  startRecording: async (_id: unknown, onEvent: (event: RecordingEvent) => void) => {
    hear = onEvent;
  },
  stopRecording: async () => recorded,
  discardRecording: vi.fn(async () => {}),
  sendRecording: () => new Promise<void>(() => {}),
  bytesUrl: (token: string) => `herold-media:${token}`,
};
const app = { backend, succeeds: async (work: Promise<void>) => (await work, true) };
const send = (_what: string, _request: string, sending: Promise<void>) => sending;
const conversation = { app, send, draft: { replyTo: null }, id: { roomId: '!raum:musterstadt.de', thread: null } } as unknown as Conversation;

let voice: VoiceRecorder;
let mounted: ReturnType<typeof mount>;

const part = (name: string) => document.querySelector<HTMLElement>(`[data-testid=${name}]`)!;
const focused = () => (document.activeElement as HTMLElement).dataset['testid'];
const rest = async () => {
  for (let turn = 0; turn < 5; turn += 1) await tick();
};
const press = (key: string, repeat = false) => {
  const event = new KeyboardEvent('keydown', { key, repeat, bubbles: true, cancelable: true });
  document.activeElement!.dispatchEvent(event);
  return event;
};

/** A recording that runs, and beside it what else there is in a window. */
beforeEach(async () => {
  document.body.replaceChildren();
  const elsewhere = document.createElement('button');
  elsewhere.dataset['testid'] = 'elsewhere';
  document.body.append(elsewhere);
  voice = new VoiceRecorder(conversation, vi.fn());
  mounted = mount(RecordingBarHost, { target: document.body, props: { voice } });
  await voice.start();
  hear({ type: 'sound', elapsedMs: 1000, level: 50 });
  await rest();
});

afterEach(async () => {
  await unmount(mounted);
  vi.unstubAllGlobals();
});

describe('the bar of a recording', () => {
  test('has the keyboard where it goes on: first stop, then listen', async () => {
    expect(focused()).toBe('recording-stop');
    part('recording-stop').click();
    await rest();
    expect(focused()).toBe('voice-play');
  });

  test('leaves the focus where it is when the recording ends by itself', async () => {
    part('elsewhere').focus();
    hear({ type: 'ended' });
    await rest();
    expect(voice.state).toBe('recorded');
    expect(focused()).toBe('elsewhere');
  });

  test('does not jump to the player while it is being sent', async () => {
    part('recording-send').focus();
    part('recording-send').click();
    await rest();
    expect([voice.state, voice.sending]).toEqual(['recorded', true]);
    expect(focused()).toBe('recording-send');
    expect(voice.said).toBe('');
  });

  test('is not ended by the key that began it and is still held down', () => {
    expect([press('Enter', true).defaultPrevented, press(' ', true).defaultPrevented]).toEqual([true, true]);
    expect(press('Enter').defaultPrevented).toBe(false);
  });

  test('is deleted with Escape, wherever in it the focus is', async () => {
    part('recording-send').focus();
    press('Escape');
    await rest();
    expect(backend.discardRecording).toHaveBeenCalledOnce();
  });

  test('keeps the focus on play while the sound is fetched', async () => {
    vi.stubGlobal('fetch', () => new Promise(() => {}));
    part('recording-stop').click();
    await rest();
    part('voice-play').click();
    await rest();
    expect(part('voice-player').dataset['state']).toBe('loading');
    expect(part('voice-play').getAttribute('aria-disabled')).toBe('true');
    expect((part('voice-play') as HTMLButtonElement).disabled).toBe(false);
    expect(focused()).toBe('voice-play');
  });

  test('winds to where the slider was left while the sound was fetched', async () => {
    let answer = (_response: unknown) => {};
    vi.stubGlobal('fetch', () => new Promise((resolve) => (answer = resolve)));
    part('recording-stop').click();
    await rest();
    const slider = part('voice-position') as HTMLInputElement;
    for (const seconds of ['1', '2', '3']) {
      slider.value = seconds;
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await rest();
    }
    answer({ ok: true, arrayBuffer: async () => new ArrayBuffer(8) });
    await rest();
    expect(document.querySelector('audio')!.currentTime).toBe(3);
    expect(slider.value).toBe('3');
  });
});
