// Places as people write them: degrees with a comma or a point, both values at once, or a geo: address.

/** Degrees between -limit and limit. */
export function parseDegrees(text: string, limit: number): number | null {
  const plain = text.trim().replace('−', '-').replace(',', '.').replace(/\s*°$/, '');
  if (!/^[+-]?\d{1,3}(\.\d+)?$/.test(plain)) return null;
  const value = Number(plain);
  return Math.abs(value) <= limit ? value : null;
}

/** Latitude and longitude in one text, as maps give them to the clipboard. */
export function splitPair(text: string): [string, string] | null {
  const number = String.raw`[+−-]?\d{1,3}(?:[.,]\d+)?\s*°?`;
  const point = String.raw`[+−-]?\d{1,3}(?:\.\d+)?\s*°?`;
  const plain = text.trim().replace(/^geo:/i, '').replace(/;.*$/, '');
  // With a comma in the numbers only a blank or a semicolon can stand between them.
  const match = new RegExp(`^(${point})\\s*,\\s*(${point})$`).exec(plain) ?? new RegExp(`^(${number})(?:\\s*[;/]\\s*|,?\\s+)(${number})$`).exec(text.trim().replace(/^geo:/i, ''));
  return match ? [match[1]!.trim(), match[2]!.trim()] : null;
}
