// Dates, numbers and lists as the language of the interface writes them.

import { locale } from '../app/locale.svelte';
import type { Sender } from '../protocol';
import { now, startOfDay } from './today.svelte';

const cache = new Map<string, unknown>();

function cached<T>(kind: string, make: (language: string) => T): T {
  const key = `${kind} ${locale()}`;
  let value = cache.get(key) as T | undefined;
  if (value === undefined) cache.set(key, (value = make(locale())));
  return value;
}

const dateFormat = (kind: string, options: Intl.DateTimeFormatOptions) =>
  cached(kind, (language) => new Intl.DateTimeFormat(language, options));

const dayMs = 86_400_000;

/** Days between two moments in local time; 0 today, 1 yesterday. */
function daysAgo(timestampMs: number, nowMs: number): number {
  return Math.round((startOfDay(nowMs) - startOfDay(timestampMs)) / dayMs);
}

const relativeDay = (days: number) =>
  cached('relative', (language) => new Intl.RelativeTimeFormat(language, { numeric: 'auto' })).format(-days, 'day');

/** How long to wait, never less than it is: "in 40 Sekunden", "in 2 Minuten". */
export function inTime(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const format = cached('in time', (language) => new Intl.RelativeTimeFormat(language));
  if (seconds < 100) return format.format(seconds, 'second');
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? format.format(minutes, 'minute') : format.format(Math.ceil(minutes / 60), 'hour');
}

const capitalised = (text: string) => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);

export const timeOfDay = (timestampMs: number): string =>
  dateFormat('time', { hour: '2-digit', minute: '2-digit' }).format(timestampMs);

export const fullDate = (timestampMs: number): string =>
  dateFormat('full', { dateStyle: 'full', timeStyle: 'short' }).format(timestampMs);

/** With the name of the time zone, for whoever must know exactly; `short` where there is little room. */
export const exactTime = (timestampMs: number, zone: 'long' | 'short' = 'long'): string =>
  dateFormat(`exact ${zone}`, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: zone }).format(timestampMs);

/** The time zone of this device at a moment, in few letters: "MEZ", "GMT+1". */
export const zoneName = (timestampMs: number): string =>
  dateFormat('zone', { timeZoneName: 'short' }).formatToParts(timestampMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';

/** The time zone of this device all year round, with its name in the IANA database: "Mitteleuropäische Zeit (Europe/Berlin)". */
export function deviceZone(): string {
  const format = dateFormat('device zone', { timeZoneName: 'longGeneric' });
  const name = format.formatToParts(0).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return `${name} (${format.resolvedOptions().timeZone})`;
}

/** The local day for machines, as `datetime` wants it: 2026-11-23. */
export function isoDay(timestampMs: number): string {
  const date = new Date(timestampMs);
  const two = (value: number) => value.toString().padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** A day as it must be written on paper, where "today" means nothing. */
export const writtenDay = (timestampMs: number): string => dateFormat('written', { dateStyle: 'full' }).format(timestampMs);

/** For lines of copied text and for printing. */
export const shortDateTime = (timestampMs: number): string => dateFormat('short', { dateStyle: 'short', timeStyle: 'short' }).format(timestampMs);

/** For the room list: as short as it can be said today. */
export function shortMoment(timestampMs: number, nowMs = now()): string {
  const days = daysAgo(timestampMs, nowMs);
  if (days <= 0) return timeOfDay(timestampMs);
  if (days === 1) return capitalised(relativeDay(1));
  if (days < 7) return dateFormat('weekday', { weekday: 'short' }).format(timestampMs);
  if (new Date(timestampMs).getFullYear() === new Date(nowMs).getFullYear()) {
    return dateFormat('day', { day: 'numeric', month: 'short' }).format(timestampMs);
  }
  return dateFormat('date', { dateStyle: 'short' }).format(timestampMs);
}

/** For day dividers. */
export function dayName(timestampMs: number, nowMs = now()): string {
  const days = daysAgo(timestampMs, nowMs);
  if (days === 0 || days === 1) return capitalised(relativeDay(days));
  if (days > 1 && days < 300) return dateFormat('long', { weekday: 'long', day: 'numeric', month: 'long' }).format(timestampMs);
  return dateFormat('longYear', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(timestampMs);
}

export const number = (value: number): string => cached('number', (language) => new Intl.NumberFormat(language)).format(value);

export const percent = (share: number): string =>
  cached('percent', (language) => new Intl.NumberFormat(language, { style: 'percent' })).format(share);

export const list = (items: readonly string[]): string =>
  cached('list', (language) => new Intl.ListFormat(language)).format(items);

/** A name within a sentence whose writing direction must not reorder the rest (UAX #9, FSI and PDI). */
export const isolate = (name: string): string => `\u2068${name}\u2069`;

/** The name of whoever said something: with the Matrix ID where somebody else could be meant. */
export const authorName = ({ id, name, nameAmbiguous }: Pick<Sender, 'id' | 'name' | 'nameAmbiguous'>): string => (nameAmbiguous ? `${name} (${id})` : name);

/** Counts on badges; beyond 999 the exact number helps nobody. */
export const badge = (count: number): string => (count > 999 ? `${number(999)}+` : number(count));

export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(units.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3));
  const unit = units[step]!;
  return cached(`bytes ${unit}`, (language) =>
    new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: step > 1 ? 1 : 0 }),
  ).format(size / 1000 ** step);
}

/** A length in words, to be heard: "1 Minute und 12 Sekunden". */
export function lengthInWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  const parts = [
    { unit: 'hour', value: Math.floor(seconds / 3600) },
    { unit: 'minute', value: Math.floor((seconds % 3600) / 60) },
    { unit: 'second', value: seconds % 60 },
  ];
  const said = ({ unit, value }: { unit: string; value: number }) => cached(`length ${unit}`, (language) => new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' })).format(value);
  return list(parts.filter(({ value }) => value > 0).map(said));
}

export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const two = (value: number) => value.toString().padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
