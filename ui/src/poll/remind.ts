// Reminds those who have not voted: puts a text that addresses them into the composer. Sending it is
// left to the person.
//
// Everybody is addressed, those who have voted too, where a poll keeps its votes to itself until its end: a
// reminder that leaves people out would tell who has voted. Also where more are missing than a message can name:
// a mention is a name in the text, which can be taken out, taken back and edited. Either way the person is told
// at once, and asked before it is sent.

import type { Conversation } from '../conversation/conversation.svelte';
import { m } from '../paraglide/messages';
import type { Poll, PollVotes, RoomPermissions, Sender, TextMention } from '../protocol';

/** Names in one message that somebody still reads. */
export const mostNames = 50;

interface Reminder {
  text: string;
  mentions: TextMention[];
}

const label = (person: Sender): string => (person.nameAmbiguous || person.name.trim() === '' ? person.id : `@${person.name}`);

/** `null` where everybody has voted. */
export function reminder(poll: Poll, votes: PollVotes, permissions: Pick<RoomPermissions, 'notifyRoom'>, self: string): Reminder | null {
  const missing = votes.missing.filter((person) => person.id !== self);
  const unknown = votes.answers.length === 0;
  if (!unknown && missing.length === 0) return null;
  if (!unknown && missing.length <= mostNames) {
    const mentions = missing.map((person): TextMention => ({ label: label(person), target: { type: 'person', userId: person.id } }));
    return { text: m.poll_reminder_people({ people: mentions.map((mention) => mention.label).join(', '), question: poll.question }), mentions };
  }
  if (permissions.notifyRoom) {
    return { text: m.poll_reminder_people({ people: '@room', question: poll.question }), mentions: [{ label: '@room', target: { type: 'everyone' } }] };
  }
  return { text: m.poll_reminder({ question: poll.question }), mentions: [] };
}

/** Says what came of it, where there is something to say. */
export async function remind(conversation: Conversation, poll: Poll, eventId: string, self: string): Promise<string | null> {
  const votes = await conversation.app.attempt(conversation.app.backend.pollVotes(conversation.roomId, eventId));
  if (!votes) return null;
  const found = reminder(poll, votes, { notifyRoom: conversation.details?.permissions.notifyRoom ?? false }, self);
  if (!found) return m.poll_everybody_voted();
  const row = conversation.message(eventId);
  const { draft } = conversation;
  const waits = draft.editChanged;
  draft.setEditAside();
  draft.restore({ ...found, replyTo: { eventId, sender: row?.sender ?? null, content: { type: 'poll', question: poll.question }, loading: false }, edits: null });
  const everybody = found.mentions.some((mention) => mention.target.type === 'everyone');
  return [everybody && m.poll_reminds_everybody(), waits && m.edit_waits()].filter(Boolean).join(' ') || null;
}
