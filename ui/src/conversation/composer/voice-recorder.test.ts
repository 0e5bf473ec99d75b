import { beforeEach, describe, expect, test, vi } from 'vitest';

import type { RecordingEvent, VoiceRecording, WireError } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import { VoiceRecorder } from './voice-recorder.svelte';

const recorded = (durationMs: number): VoiceRecording => ({
  attachment: { kind: 'voice', filename: '', mimeType: 'audio/ogg', size: 1, durationMs, file: 'recording-1', picture: null, waveform: [] },
  end: 'stopped',
});

let hear: (event: RecordingEvent) => void;
const backend = {
  startRecording: vi.fn(async (_id: unknown, onEvent: (event: RecordingEvent) => void) => {
    hear = onEvent;
  }),
  stopRecording: vi.fn(async () => recorded(5000)),
  discardRecording: vi.fn(async () => {}),
  sendRecording: vi.fn(async () => {}),
};
const app = { backend, report: vi.fn(), succeeds: async (work: Promise<void>) => (await work, true) };
const draft = { replyTo: { eventId: '$frage' }, answer: vi.fn() };
const send = vi.fn((_what: string, _request: string, sending: Promise<void>) => sending);
const conversation = { app, draft, send, id: { roomId: '!raum:musterstadt.de', thread: null } } as unknown as Conversation;
const onclose = vi.fn();
const sound = (elapsedMs: number, level = 50) => hear({ type: 'sound', elapsedMs, level });

beforeEach(() => void vi.clearAllMocks());

async function running(): Promise<VoiceRecorder> {
  const voice = new VoiceRecorder(conversation, onclose);
  await voice.start();
  return voice;
}

describe('a voice message', () => {
  test('is recorded, ended, and can be listened to before it is sent', async () => {
    const voice = await running();
    expect(voice.state).toBe('recording');
    sound(100);
    expect([voice.elapsedMs, voice.levels]).toEqual([100, [50]]);
    await voice.stop();
    expect(voice.state).toBe('recorded');
    expect(backend.sendRecording).not.toHaveBeenCalled();
    expect(await voice.send()).toBe(true);
    expect(backend.sendRecording).toHaveBeenCalledWith(conversation.id, expect.any(String), expect.stringMatching(/\.ogg$/), '$frage');
    expect(send).toHaveBeenCalledWith('voice', expect.any(String), expect.any(Promise));
    expect(draft.answer).toHaveBeenCalledWith(null);
    expect(onclose).toHaveBeenCalledOnce();
  });

  test('is sent at once where nobody wants to listen', async () => {
    const voice = await running();
    sound(3000);
    await voice.send();
    expect(backend.stopRecording).toHaveBeenCalledOnce();
    expect(backend.sendRecording).toHaveBeenCalledOnce();
  });

  test('that was short is deleted without a question', async () => {
    const voice = await running();
    sound(1900);
    await voice.remove();
    expect(backend.discardRecording).toHaveBeenCalledOnce();
    expect(onclose).toHaveBeenCalledOnce();
  });

  test('that was longer is ended and asked about, never lost by one key', async () => {
    const voice = await running();
    sound(2000);
    await voice.remove();
    expect(voice.asksDelete).toBe(true);
    expect(voice.state).toBe('recorded');
    expect(backend.discardRecording).not.toHaveBeenCalled();
    await voice.discard();
    expect(backend.discardRecording).toHaveBeenCalledOnce();
  });

  test('that could not be sent is still there, and goes under the same request', async () => {
    const failure: WireError = { kind: 'storage', reason: 'diskFull' };
    backend.sendRecording.mockRejectedValueOnce(failure);
    const voice = await running();
    expect(await voice.send()).toBe(false);
    expect([voice.error, voice.state]).toEqual([failure, 'recorded']);
    expect(onclose).not.toHaveBeenCalled();
    expect(await voice.send()).toBe(true);
    const [first, second] = backend.sendRecording.mock.calls as unknown as string[][];
    expect(second![1]).toBe(first![1]);
  });

  test('that ended by itself is shown', async () => {
    const voice = await running();
    sound(4000);
    hear({ type: 'ended' });
    await vi.waitFor(() => expect(voice.state).toBe('recorded'));
  });

  test('says what goes on in sentences, and not how the time passes', async () => {
    const voice = new VoiceRecorder(conversation, onclose);
    const said = [voice.said];
    const note = () => void (voice.said !== said.at(-1) && said.push(voice.said));
    await voice.start();
    for (let tenth = 1; tenth <= 20; tenth += 1) {
      sound(tenth * 100);
      note();
    }
    await voice.stop();
    note();
    expect(said).toHaveLength(3);
    expect(new Set(said).size).toBe(3);
    expect(said[2]).toContain('0:05');
    await voice.discard();
    expect(onclose).toHaveBeenLastCalledWith(expect.stringMatching(/./));
  });

  test('stays with its conversation when its person goes elsewhere', async () => {
    const voice = await running();
    voice.leave();
    expect(backend.stopRecording).toHaveBeenCalledOnce();
    expect(backend.discardRecording).not.toHaveBeenCalled();
    const again = new VoiceRecorder(conversation, onclose, recorded(5000));
    expect([again.state, again.durationMs]).toEqual(['recorded', 5000]);
  });

  test('without a microphone says why and gives the text field back', async () => {
    const failure: WireError = { kind: 'notFound', reason: 'noMicrophone' };
    backend.startRecording.mockRejectedValueOnce(failure);
    await running();
    expect(app.report).toHaveBeenCalledWith(failure);
    expect(onclose).toHaveBeenCalledOnce();
  });

  test('with nothing to hear for three seconds says so', async () => {
    const voice = await running();
    sound(2900, 0);
    expect(voice.silent).toBe(false);
    sound(3000, 1);
    expect(voice.silent).toBe(true);
    sound(3100, 30);
    expect(voice.silent).toBe(false);
  });
});
