// Emoji as they are compared: clients disagree on the sign that asks for a colourful picture.

const withoutSelector = (emoji: string): string => emoji.replaceAll('\ufe0f', '');

/** Whether two people see the same emoji, in the same skin tone. */
export const sameEmoji = (one: string, other: string): boolean => withoutSelector(one) === withoutSelector(other);
