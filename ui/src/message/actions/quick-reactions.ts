// The emoji that one click reacts with: those used last, and three that always fit.

const usual = ['👍', '✅', '🙏'];

export const quickReactions = (recent: readonly string[]): string[] => [...new Set([...recent, ...usual])].slice(0, usual.length);
