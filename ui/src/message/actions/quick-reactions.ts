// The emoji that one click reacts with: those used last, and three that always fit.

import { sameEmoji } from '../../emoji/same-emoji';

/** As the data of the picker has them, with the sign that asks for a colourful picture (specification, "m.reaction"). */
export const usual = ['👍\ufe0f', '✅\ufe0f', '🙏'];

export const quickReactions = (recent: readonly string[]): string[] =>
  [...recent, ...usual].filter((emoji, index, all) => all.findIndex((other) => sameEmoji(other, emoji)) === index).slice(0, usual.length);
