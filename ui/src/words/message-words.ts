// Messages in words: for announcements, for doubts, for what cannot be read.

import { saysAddress, writtenAddress } from '../message/link-address';
import { m } from '../paraglide/messages';
import type { Attachment, AttachmentKind, Block, DecryptionFailure, GalleryItem, Inline, MessageContent, Shield } from '../protocol';
import { authorName, isolate, lengthInWords } from './format';

export const decryptionWords: Record<DecryptionFailure, () => string> = {
  keyPending: () => m.undecryptable_key_pending(),
  sentBeforeDevice: () => m.undecryptable_sent_before_device(),
  sentBeforeJoin: () => m.undecryptable_sent_before_join(),
  deviceNotTrusted: () => m.undecryptable_device_not_trusted(),
  senderIdentityChanged: () => m.undecryptable_sender_identity_changed(),
  senderDeviceInsecure: () => m.undecryptable_sender_device_insecure(),
  unknown: () => m.undecryptable_unknown(),
};

export const shieldWords: Record<Shield, () => string> = {
  authenticityNotGuaranteed: () => m.shield_authenticity_not_guaranteed(),
  unknownDevice: () => m.shield_unknown_device(),
  unsignedDevice: () => m.shield_unsigned_device(),
  unverifiedIdentity: () => m.shield_unverified_identity(),
  identityChanged: () => m.shield_identity_changed(),
  sentInClear: () => m.shield_sent_in_clear(),
  mismatchedSender: () => m.shield_mismatched_sender(),
};

export const attachmentWords: Record<AttachmentKind, () => string> = {
  image: () => m.preview_image(),
  video: () => m.preview_video(),
  audio: () => m.preview_audio(),
  voice: () => m.preview_voice(),
  file: () => m.attachment_file(),
};

/** On one line, spoilers hidden; or the whole text with where its links lead, as it is copied. */
export function inlineText(inlines: readonly Inline[], whole = false): string {
  return inlines
    .map((inline) => {
      switch (inline.type) {
        case 'text':
        case 'code':
          return inline.text;
        case 'break':
          return whole ? '\n' : ' ';
        case 'mention':
          return inline.label;
        case 'spoiler':
          return whole ? inlineText(inline.children, whole) : (inline.reason ?? m.spoiler());
        case 'styled':
          return inlineText(inline.children, whole);
        case 'link': {
          const words = inlineText(inline.children, whole);
          return whole && !saysAddress(words, inline.target) ? `${words} <${writtenAddress(inline.target)}>` : words;
        }
      }
    })
    .join('');
}

export function blockText(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      switch (block.type) {
        case 'paragraph':
        case 'heading':
          return inlineText(block.children);
        case 'quote':
          return blockText(block.children);
        case 'list':
          return block.items.map(blockText).join(' ');
        case 'code':
          return block.text;
        case 'table':
          return [block.head, ...block.rows].map((row) => row.map((cell) => inlineText(cell)).join(' ')).join(' ');
        case 'rule':
          return '';
      }
    })
    .filter(Boolean)
    .join(' ');
}

/** Who deleted a message, where that was not its sender, and why. */
export function deletionWords({ by, reason }: Extract<MessageContent, { type: 'redacted' }>): string {
  const name = by && isolate(authorName(by));
  return [name ? m.redacted_by({ name }) : m.redacted(), reason && m.redacted_reason({ reason: isolate(reason) })].filter(Boolean).join(' ');
}

/** Files of a gallery that are named; the others are counted. */
const mostNamed = 3;

const itemWords = (item: GalleryItem): string =>
  item.type === 'file' ? m.label_gallery_item({ kind: attachmentWords[item.attachment.kind](), filename: item.attachment.filename }) : (item.fallback ?? m.preview_other());

const voiceWords = ({ durationMs }: Attachment): string => (durationMs === null ? m.preview_voice() : m.label_voice({ length: lengthInWords(durationMs) }));

const withCaption = (files: string, caption: readonly Block[] | null): string => (caption ? m.label_gallery_caption({ files, caption: blockText(caption) }) : files);

/** What a screen reader says about a new message. */
export function contentText(content: MessageContent): string {
  switch (content.type) {
    case 'text':
    case 'emote':
    case 'notice':
      return blockText(content.blocks);
    case 'attachment': {
      const kind = attachmentWords[content.attachment.kind]();
      const { filename } = content.attachment;
      // What programs call a recording says nothing.
      if (content.attachment.kind === 'voice') return withCaption(voiceWords(content.attachment), content.caption);
      return content.caption ? m.label_attachment_caption({ kind, filename, caption: blockText(content.caption) }) : m.label_attachment({ kind, filename });
    }
    case 'gallery': {
      const files = m.preview_gallery({ count: content.items.length });
      const names = content.items.slice(0, mostNamed).map(itemWords);
      if (content.items.length > mostNamed) names.push('…');
      return withCaption(names.length > 0 ? m.label_gallery({ files, names: names.join(', ') }) : files, content.caption);
    }
    case 'sticker':
      return m.preview_sticker({ text: content.text });
    case 'location':
      return content.text ? m.label_location({ text: content.text }) : m.preview_location();
    case 'poll':
      return content.poll.ended ? m.label_poll_ended({ question: content.poll.question }) : m.preview_poll({ question: content.poll.question });
    case 'redacted':
      return content.by || content.reason ? deletionWords(content) : m.preview_redacted();
    case 'undecryptable':
      return decryptionWords[content.cause]();
    case 'unknown':
      return content.fallback ?? m.preview_other();
  }
}
