// Messages as plain text, for the clipboard: line breaks, lists and tables stay readable.

import { m } from '../paraglide/messages';
import { isResultShown, resultLines } from '../poll/poll-words';
import type { Block, GalleryItem, MessageContent, MessageRow } from '../protocol';
import { authorName, shortDateTime } from './format';
import { attachmentWords, inlineText } from './message-words';

/** Whatever a program may take for the end of a line (UAX #14). */
const lineBreak = /\r\n|[\n\v\f\r\x85\u2028\u2029]/;

const prefixed = (text: string, prefix: string, first = prefix): string =>
  text
    .split(lineBreak)
    .map((line, index) => `${index === 0 ? first : prefix}${line}`)
    .join('\n');

/** What the blocks say, line by line. */
export function blocksPlain(blocks: readonly Block[]): string {
  return blocks
    .map((block) => {
      switch (block.type) {
        case 'paragraph':
        case 'heading':
          return inlineText(block.children, true);
        case 'quote':
          return prefixed(blocksPlain(block.children), '> ');
        case 'list':
          return block.items
            .map((item, index) => {
              const mark = block.ordered ? `${block.start + index}. ` : '- ';
              return prefixed(blocksPlain(item), ' '.repeat(mark.length), mark);
            })
            .join('\n');
        case 'code':
          return block.text;
        case 'table':
          return [...(block.head.length > 0 ? [block.head] : []), ...block.rows].map((row) => row.map((cell) => inlineText(cell, true)).join('\t')).join('\n');
        case 'rule':
          return '---';
      }
    })
    .join('\n');
}

const lines = (...parts: (string | null)[]): string => parts.filter((part) => part !== null && part !== '').join('\n');

const itemLines = (item: GalleryItem): (string | null)[] =>
  item.type === 'file' ? [m.label_attachment({ kind: attachmentWords[item.attachment.kind](), filename: item.attachment.filename }), item.caption && blocksPlain(item.caption)] : [item.fallback ?? m.preview_other()];

/** A message without who said it and when. */
export function contentPlain(content: MessageContent): string {
  switch (content.type) {
    case 'text':
    case 'emote':
    case 'notice':
      return blocksPlain(content.blocks);
    case 'attachment':
      return lines(m.label_attachment({ kind: attachmentWords[content.attachment.kind](), filename: content.attachment.filename }), content.caption && blocksPlain(content.caption));
    case 'gallery':
      return lines(...content.items.flatMap(itemLines), content.caption && blocksPlain(content.caption));
    case 'sticker':
      return m.preview_sticker({ text: content.text });
    case 'location':
      return lines(m.label_location({ text: content.text }), content.geoUri);
    case 'poll':
      return lines(content.poll.ended ? m.label_poll_ended({ question: content.poll.question }) : m.preview_poll({ question: content.poll.question }), ...(isResultShown(content.poll) ? resultLines(content.poll, null) : content.poll.answers.map((answer) => `- ${answer.text}`)));
    case 'redacted':
      return m.preview_redacted();
    case 'undecryptable':
      return m.preview_undecryptable();
    case 'unknown':
      return content.fallback ?? m.preview_other();
  }
}

/** Several messages with names and times, the oldest first. The lines that follow the first are indented: nobody can write what looks like the message of somebody else. */
export const messagesPlain = (messages: readonly MessageRow[]): string =>
  messages.map((message) => prefixed(m.copy_line({ date: shortDateTime(message.timestampMs), sender: authorName(message.sender), text: contentPlain(message.content) }), '    ', '')).join('\n');

/** Markdown that quotes a text. */
export const quotation = (text: string): string => `${prefixed(text.trim(), '> ').replace(/^> $/gm, '>')}`;
