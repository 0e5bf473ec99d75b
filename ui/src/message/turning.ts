// Characters that turn the direction of those around them: embeddings, overrides and isolates (UAX #9). In code they
// make a person read something else than a compiler does (CVE-2021-42574).

const turning = /([\u202A-\u202E\u2066-\u2069]+)/;

export const withoutTurning = (text: string): string => text.split(turning).filter((_, index) => index % 2 === 0).join('');

/** Texts, and between each two the names of such characters. */
export const turningNamed = (text: string): string[] =>
  text.split(turning).map((part, index) => (index % 2 === 0 ? part : [...part].map((character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase()}⟩`).join('')));
