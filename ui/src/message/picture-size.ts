// The place a picture takes, known before it is loaded, so that nothing moves when it arrives.

export interface Size {
  width: number;
  height: number;
}

const most: Size = { width: 352, height: 320 };
const least = 48;

/** In CSS pixels; a picture of unknown size gets a 4:3 place. */
export function pictureSize(width: number | null, height: number | null, limit: Size = most): Size {
  if (!width || !height) return { width: Math.min(240, limit.width), height: Math.min(180, limit.height) };
  const scale = Math.min(1, limit.width / width, limit.height / height);
  return {
    width: Math.max(least, Math.round(width * scale)),
    height: Math.max(least, Math.round(height * scale)),
  };
}
