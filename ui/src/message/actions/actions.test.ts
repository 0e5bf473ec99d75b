import { describe, expect, test, vi } from 'vitest';

import type { Conversation } from '../../conversation/conversation.svelte';
import { keller, message, paragraph, self } from '../../fixture/messages';
import type { MessageContent, MessageRow, Poll, RoomPermissions } from '../../protocol';
import { availableActions, type MessageAction, type Situation } from './available';
import { MessageActions } from './message-actions.svelte';
import { keyFor, messageKey, messageKeys } from './message-keys';

const all: RoomPermissions = { react: true, sendPolls: true, vote: true, redactOwn: true, redactOthers: true, pin: true, notifyRoom: true };
const none: RoomPermissions = { react: false, sendPolls: false, vote: false, redactOwn: false, redactOthers: false, pin: false, notifyRoom: false };
const situation = (more: Partial<Situation> = {}): Situation => ({ permissions: all, canSend: true, inThread: false, pinned: false, ...more });
const text: MessageContent = { type: 'text', blocks: [paragraph('Text')] };

function row(own: boolean, content: MessageContent = text, more: Partial<MessageRow> = {}): MessageRow {
  const made = message(own ? self : keller, 0, content, more).content;
  if (made.type !== 'message') throw new Error('not a message');
  return made;
}

describe('what can be done with a message', () => {
  test('of somebody else, with every right', () => {
    expect(availableActions(row(false), situation())).toEqual(['reply', 'thread', 'react', 'copy', 'quote', 'link', 'forward', 'pin', 'unread', 'details', 'select', 'report', 'delete']);
  });

  test('of one’s own: it can be changed, but not reported', () => {
    const actions = availableActions(row(true, text, { edited: true }), situation());
    expect(actions).toContain('edit');
    expect(actions).toContain('history');
    expect(actions).not.toContain('report');
  });

  test('without rights only what changes nothing for others', () => {
    expect(availableActions(row(false), situation({ permissions: none, canSend: false }))).toEqual(['copy', 'quote', 'link', 'forward', 'unread', 'details', 'select', 'report']);
  });

  test('one’s own can be deleted where others’ cannot', () => {
    const permissions = { ...none, redactOwn: true };
    expect(availableActions(row(true), situation({ permissions }))).toContain('delete');
    expect(availableActions(row(false), situation({ permissions }))).not.toContain('delete');
  });

  test('a message that was not sent yet can be changed, copied, quoted and discarded', () => {
    const waiting = { eventId: null, sendState: { type: 'waiting' as const } };
    expect(availableActions(row(true, text, waiting), situation())).toEqual(['edit', 'copy', 'quote', 'delete']);
    expect(availableActions(row(true, { type: 'gallery', items: [], caption: null }, waiting), situation())).not.toContain('edit');
  });

  test('one’s own poll can be changed until somebody votes, and in its own dialog', async () => {
    const poll: Poll = { question: 'Wann?', open: true, maxSelections: 1, answers: [], voters: 0, voteWaiting: false, ended: false, endedAtMs: null, tally: 'complete' };
    const asked = (more: Partial<Poll> = {}, own = true) => row(own, { type: 'poll', poll: { ...poll, ...more } }, { eventId: '$umfrage', editable: own });
    for (const other of [asked({ voters: 1 }), asked({ ended: true }), asked({ tally: 'counting' }), asked({}, false)]) expect(availableActions(other, situation())).not.toContain('edit');
    const details = { permissions: all, canSend: true, membership: 'joined', pinned: [] };
    const conversation = { details, thread: null, draft: {}, pollTask: null };
    const actions = new MessageActions(conversation as unknown as Conversation, vi.fn(), vi.fn());
    await actions.run('edit', { rowId: 'zeile', message: asked() });
    expect(conversation.pollTask).toEqual({ type: 'edit', eventId: '$umfrage', poll });
  });

  test('a deleted message has a link and details, nothing else', () => {
    expect(availableActions(row(false, { type: 'redacted', by: null, reason: null }), situation())).toEqual(['link', 'unread', 'details']);
  });

  test('what cannot be read cannot be answered or forwarded', () => {
    const actions = availableActions(row(false, { type: 'undecryptable', cause: 'keyPending' }), situation());
    for (const action of ['reply', 'react', 'copy', 'quote', 'forward'] as const) expect(actions).not.toContain(action);
  });

  test('what is pinned can be unpinned, and in a thread no other thread begins', () => {
    const actions = availableActions(row(false), situation({ pinned: true, inThread: true }));
    expect(actions).toContain('unpin');
    expect(actions).not.toContain('pin');
    expect(actions).not.toContain('thread');
  });
});

describe('keys on a message', () => {
  const key = (name: string, more: KeyboardEventInit = {}) => messageKey(new KeyboardEvent('keydown', { key: name, ...more }), true);

  test.each([
    ['r', 'reply'],
    ['R', 'reply'],
    ['t', 'thread'],
    ['e', 'edit'],
    ['+', 'react'],
    ['c', 'copy'],
    ['Delete', 'delete'],
    ['Backspace', 'delete'],
    ['Enter', 'menu'],
    ['ContextMenu', 'menu'],
  ])('%s asks for %s', (name, wanted) => {
    expect(key(name)).toBe(wanted);
  });

  test('characters mean nothing where they are switched off, while other keys stay', () => {
    const off = (name: string) => messageKey(new KeyboardEvent('keydown', { key: name }), false);
    for (const key of Object.values(messageKeys)) expect(off(key), key).toBe(key === 'Delete' ? 'delete' : null);
    expect(off('r')).toBeNull();
    expect(off('Enter')).toBe('menu');
    const shown = (Object.keys(messageKeys) as MessageAction[]).filter((action) => keyFor(action, false) !== undefined);
    expect(shown).toEqual(['delete']);
  });

  test('F10 needs Shift, as everywhere', () => {
    expect(key('F10')).toBeNull();
    expect(key('F10', { shiftKey: true })).toBe('menu');
  });

  test('with Ctrl, Alt or while composing a character they belong to somebody else', () => {
    expect(key('c', { ctrlKey: true })).toBeNull();
    expect(key('e', { altKey: true })).toBeNull();
    expect(key('r', { metaKey: true })).toBeNull();
    expect(key('r', { isComposing: true })).toBeNull();
  });
});
