// Whom, what and which emoji the core and the emoji data suggest for what is being typed.

import { locale } from '../../app/locale.svelte';
import { emojiNamed, fold, loadEmoji, searchEmoji, withTone, type Emoji } from '../../emoji/emoji';
import { m } from '../../paraglide/messages';
import type { MemberRow, RoomSuggestion } from '../../protocol';
import type { Conversation } from '../conversation.svelte';
import type { Trigger } from './completion';
import type { Suggestion } from './suggestions.svelte';

const shown = 8;
export const everyone = '@room';

export async function findSuggestions(conversation: Conversation, trigger: Trigger): Promise<readonly Suggestion[]> {
  const { backend } = conversation.app;
  switch (trigger.kind) {
    case 'member': {
      const members = await backend.suggestMembers(conversation.roomId, trigger.query);
      return [...everyoneFor(conversation, trigger.query), ...members.filter((member) => member.id !== ownId(conversation)).map(person)].slice(0, shown);
    }
    case 'room':
      return (await backend.suggestRooms(trigger.query)).slice(0, shown).map(room);
    case 'emoji': {
      const all = await loadEmoji(locale());
      return searchEmoji(all, trigger.query, shown).map((one) => {
        const emoji = toned(conversation, one);
        return { id: emoji, insert: `${emoji} `, mention: null, name: one.label, detail: null, face: null, emoji, words: [one.name, one.name.replaceAll(' ', '_'), ...one.words] };
      });
    }
  }
}

/** The emoji that ":name:" stands for. */
export async function closedEmoji(conversation: Conversation, name: string): Promise<string | null> {
  const emoji = emojiNamed(await loadEmoji(locale()), name);
  return emoji && toned(conversation, emoji);
}

const toned = (conversation: Conversation, { emoji, toned }: Emoji): string => (toned ? withTone(emoji, conversation.app.settings.emojiTone) : emoji);

function ownId(conversation: Conversation): string | null {
  const session = conversation.app.session;
  return session.type === 'signedIn' ? session.account.userId : null;
}

/** As it is written into a text: on one line, and not to be taken for something else. */
function person(member: MemberRow): Suggestion {
  const name = member.name.replace(/\s+/gu, ' ').trim();
  const unclear = member.nameAmbiguous || name === '' || fold(name) === 'room';
  const label = unclear ? member.id : `@${name}`;
  return {
    id: member.id,
    insert: `${label} `,
    mention: { label, target: { type: 'person', userId: member.id } },
    name: name || member.id,
    detail: unclear ? member.id : null,
    face: { avatar: member.avatar },
    emoji: null,
    words: [name, member.id.slice(1)],
  };
}

function room(suggestion: RoomSuggestion): Suggestion {
  const name = suggestion.name.replace(/\s+/gu, ' ').trim();
  const label = name === '' ? suggestion.room : `#${name}`;
  return {
    id: suggestion.room,
    insert: `${label} `,
    mention: { label, target: { type: 'room', room: suggestion.room } },
    name: name || suggestion.room,
    detail: suggestion.room.startsWith('#') ? suggestion.room : null,
    face: { avatar: suggestion.avatar },
    emoji: null,
    words: [name, suggestion.room],
  };
}

function everyoneFor(conversation: Conversation, query: string): Suggestion[] {
  if (!conversation.details?.permissions.notifyRoom) return [];
  const words = ['room', m.mention_everyone()];
  if (!words.some((word) => fold(word).startsWith(fold(query)))) return [];
  return [{ id: everyone, insert: `${everyone} `, mention: { label: everyone, target: { type: 'everyone' } }, name: m.mention_everyone(), detail: everyone, face: null, emoji: null, words }];
}
