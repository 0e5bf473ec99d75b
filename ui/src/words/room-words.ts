// Rooms in words: sections, previews, changes.

import { m } from '../paraglide/messages';
import type { PreviewContent, RoomChange, RoomRow, RoomSection } from '../protocol';
import { isolate } from './format';

export const sectionName: Record<RoomSection, () => string> = {
  invitations: () => m.section_invitations(),
  favourites: () => m.section_favourites(),
  people: () => m.section_people(),
  rooms: () => m.section_rooms(),
  lowPriority: () => m.section_low_priority(),
};

export const roomName = (room: { name: string }): string => room.name || m.room_unnamed();

/** A message in one line. */
export function previewWords(content: PreviewContent): string {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'image':
      return content.caption ? m.preview_image_caption({ caption: content.caption }) : m.preview_image();
    case 'video':
      return content.caption ? m.preview_video_caption({ caption: content.caption }) : m.preview_video();
    case 'audio':
      return m.preview_audio();
    case 'voice':
      return m.preview_voice();
    case 'file':
      return m.preview_file({ filename: content.filename });
    case 'gallery': {
      const files = m.preview_gallery({ count: content.count });
      return content.caption ? m.label_gallery_caption({ files, caption: content.caption }) : files;
    }
    case 'poll':
      return m.preview_poll({ question: content.question });
    case 'location':
      return m.preview_location();
    case 'sticker':
      return m.preview_sticker({ text: content.text });
    case 'redacted':
      return m.preview_redacted();
    case 'undecryptable':
      return m.preview_undecryptable();
    case 'invited':
      return m.preview_invited();
    case 'other':
      return m.preview_other();
  }
}

/** The line under a room's name. */
export function previewLine(room: RoomRow): string {
  if (room.membership === 'invited') return room.inviter ? m.invited_by({ name: isolate(room.inviter) }) : m.invited();
  const preview = room.preview;
  if (!preview) return m.preview_none();
  const text = previewWords(preview.content);
  if (preview.own) return m.preview_own({ text });
  return room.kind === 'direct' || !preview.sender ? text : m.preview_from({ sender: isolate(preview.sender), text });
}

/** A sentence about something that happened in a room. */
export function changeSentence(senderName: string, change: RoomChange): string {
  const sender = isolate(senderName);
  switch (change.type) {
    case 'created':
      return m.change_created({ sender });
    case 'joined':
      return m.change_joined({ subject: isolate(change.subject) });
    case 'left':
      return m.change_left({ subject: isolate(change.subject) });
    case 'invited':
      return m.change_invited({ sender, subject: isolate(change.subject) });
    case 'invitationRejected':
      return m.change_invitation_rejected({ subject: isolate(change.subject) });
    case 'invitationWithdrawn':
      return m.change_invitation_withdrawn({ sender, subject: isolate(change.subject) });
    case 'removed':
      return m.change_removed({ sender, subject: isolate(change.subject) });
    case 'banned':
      return m.change_banned({ sender, subject: isolate(change.subject) });
    case 'unbanned':
      return m.change_unbanned({ sender, subject: isolate(change.subject) });
    case 'knocked':
      return m.change_knocked({ subject: isolate(change.subject) });
    case 'nameOfPerson':
      if (change.from && change.to) return m.change_person_renamed({ from: isolate(change.from), to: isolate(change.to) });
      return change.to ? m.change_person_named({ sender, to: isolate(change.to) }) : m.change_person_unnamed({ sender });
    case 'avatarOfPerson':
      return m.change_person_avatar({ sender });
    case 'roomName':
      return m.change_room_name({ sender, name: isolate(change.name) });
    case 'roomTopic':
      return change.topic ? m.change_room_topic({ sender, topic: isolate(change.topic) }) : m.change_room_topic_removed({ sender });
    case 'roomAvatar':
      return m.change_room_avatar({ sender });
    case 'encryptionEnabled':
      return m.change_encryption_enabled({ sender });
    case 'powerLevels':
      return m.change_power_levels({ sender });
    case 'pinnedMessages':
      return m.change_pinned({ sender });
    case 'upgraded':
      return m.change_upgraded({ sender });
    case 'callStarted':
      return m.change_call_started({ sender });
    case 'callJoined':
      return m.change_call_joined({ sender });
    case 'callLeft':
      return m.change_call_left({ sender });
    case 'other':
      return m.change_other({ sender });
  }
}
