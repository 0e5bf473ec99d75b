// Whether the bytes of a picture hold more than one frame. GIF, WebP and PNG can.

const word = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));

export function isAnimated(bytes: Uint8Array): boolean {
  if (word(bytes, 0) === 'GIF8') return hasSecondFrame(bytes);
  // A flag of the extended header.
  if (word(bytes, 8) === 'WEBP') return word(bytes, 12) === 'VP8X' && (bytes[20]! & 2) !== 0;
  return word(bytes, 1).startsWith('PNG') && hasAnimationControl(bytes);
}

function hasSecondFrame(bytes: Uint8Array): boolean {
  const colours = (flags = 0) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let frames = 0;
  let at = 13 + colours(bytes[10]);
  while (bytes[at] === 0x21 || bytes[at] === 0x2c) {
    if (bytes[at] === 0x21) at += 2;
    else if ((frames += 1) > 1) return true;
    else at += 11 + colours(bytes[at + 9]);
    // What follows comes in parts, each after its length; the last one has none.
    while (bytes[at]) at += bytes[at]! + 1;
    at += 1;
  }
  return false;
}

/** The chunk `acTL` comes before the picture's own. */
function hasAnimationControl(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= bytes.length; at += 12 + view.getUint32(at)) {
    const chunk = word(bytes, at + 4);
    if (chunk === 'acTL' || chunk === 'IDAT') return chunk === 'acTL';
  }
  return false;
}
