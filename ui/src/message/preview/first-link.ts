// Which link of a message has a preview.

import type { Block, Inline, MessageContent } from '../../protocol';

const web = /^https?:\/\//;

/** The first address on the web that somebody shows openly: what is covered, and the words of others that are quoted, do not count. */
export function firstLink(content: MessageContent): string | null {
  return content.type === 'text' || content.type === 'emote' || content.type === 'notice' ? inBlocks(content.blocks) : null;
}

function first<T>(items: readonly T[], find: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

const inBlocks = (blocks: readonly Block[]): string | null => first(blocks, inBlock);
const inInlines = (inlines: readonly Inline[]): string | null => first(inlines, inInline);

function inBlock(block: Block): string | null {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return inInlines(block.children);
    case 'list':
      return first(block.items, inBlocks);
    case 'table':
      return first([block.head, ...block.rows], (row) => first(row, inInlines));
    default:
      return null;
  }
}

function inInline(inline: Inline): string | null {
  if (inline.type === 'styled') return inInlines(inline.children);
  return inline.type === 'link' && web.test(inline.target) ? inline.target : null;
}
