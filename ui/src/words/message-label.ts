// What a screen reader says about a message: who, what, when, and what has become of it.

import { m } from '../paraglide/messages';
import type { MessageContent, MessageRow, Poll } from '../protocol';
import { authorName, isolate, list, number, timeOfDay } from './format';
import { contentText, shieldWords } from './message-words';

/** Text that others wrote may end as it likes; what follows it must not run into it. */
const ended = (text: string): string => (/[.!?…:;]$/u.test(text.trim()) ? text.trim() : `${text.trim()}.`);

function stateWords(message: MessageRow): string | null {
  switch (message.sendState?.type) {
    case 'sending':
      return m.state_sending();
    case 'waiting':
      return m.state_waiting();
    case 'failed':
      return m.state_failed();
    default:
      if (!message.own) return null;
      return message.readBy > 0 ? m.state_read_by({ count: message.readBy }) : m.state_sent();
  }
}

function pollText(poll: Poll): string {
  const { question } = poll;
  if (poll.tally === 'counting' || poll.tally === 'unknown') return m.preview_poll({ question });
  const voted = poll.answers.some((answer) => answer.own);
  if (poll.ended) return voted ? m.label_poll_ended_voted({ question }) : m.label_poll_ended_unvoted({ question });
  return voted ? m.label_poll_running_voted({ question }) : m.label_poll_running_unvoted({ question });
}

const labelText = (content: MessageContent): string => (content.type === 'poll' ? pollText(content.poll) : contentText(content));

function said(message: MessageRow): string {
  const text = labelText(message.content);
  if (message.content.type === 'emote') return m.label_emote({ sender: isolate(authorName(message.sender)), text });
  return message.own ? m.label_own({ text }) : m.announce_message({ sender: isolate(authorName(message.sender)), text });
}

/** Nobody listens to more. */
const mostReactions = 10;

/** One sentence after the other. */
export function messageLabel(message: MessageRow, pinned = false): string {
  const reactions = message.reactions.slice(0, mostReactions).map((reaction) => m.label_reaction({ key: reaction.key, count: reaction.count, shown: number(reaction.count) }));
  const more = message.reactions.length - reactions.length;
  if (more > 0) reactions.push(m.reactions_more({ count: more, shown: number(more) }));
  const facts = [
    said(message),
    message.replyTo && (message.replyTo.sender ? m.label_reply({ name: isolate(authorName(message.replyTo.sender)) }) : m.label_reply_unknown()),
    timeOfDay(message.timestampMs),
    message.highlighted && m.label_mentions_you(),
    message.edited && message.content.type !== 'redacted' && m.label_edited(),
    pinned && m.label_pinned(),
    message.shield && shieldWords[message.shield](),
    stateWords(message),
    reactions.length > 0 && m.label_reactions({ reactions: list(reactions) }),
    message.thread && message.thread.replies > 0 && m.thread_replies({ count: message.thread.replies, shown: number(message.thread.replies) }),
  ];
  return facts.filter((fact) => typeof fact === 'string').map(ended).join(' ');
}
