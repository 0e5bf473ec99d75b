// Places as people read them.

import { locale } from '../app/locale.svelte';
import { m } from '../paraglide/messages';

interface Coordinates {
  latitude: number;
  longitude: number;
}

/** From a geo URI (RFC 5870); `null` where it names no place on earth. */
export function coordinatesOf(geoUri: string): Coordinates | null {
  const parts = /^geo:(-?\d{1,2}(?:\.\d{1,20})?),(-?\d{1,3}(?:\.\d{1,20})?)(?:[,;?]|$)/i.exec(geoUri);
  if (!parts) return null;
  const [latitude, longitude] = [Number(parts[1]), Number(parts[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

/** Five decimals are about a metre. */
export function coordinateWords({ latitude, longitude }: Coordinates): string {
  const format = new Intl.NumberFormat(locale(), { minimumFractionDigits: 3, maximumFractionDigits: 5 });
  const degrees = (value: number) => format.format(Math.abs(value));
  return m.coordinates({
    latitude: latitude < 0 ? m.degrees_south({ degrees: degrees(latitude) }) : m.degrees_north({ degrees: degrees(latitude) }),
    longitude: longitude < 0 ? m.degrees_west({ degrees: degrees(longitude) }) : m.degrees_east({ degrees: degrees(longitude) }),
  });
}
