// How long a message can be.

/** A little below what a Matrix event can hold, in UTF-8. In many rooms that is less, which the core says. */
const roomyBytes = 60_000;

/** For certain: no character takes less than one byte, none more than three per UTF-16 unit. */
export const surelyFits = (text: string): boolean => text.length * 3 <= roomyBytes;
export const surelyTooLong = (text: string): boolean => text.length > roomyBytes;

export const isTooLong = (text: string): boolean => !surelyFits(text) && (surelyTooLong(text) || new TextEncoder().encode(text).length > roomyBytes);
