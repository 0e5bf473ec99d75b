// A proposed date as the text of an answer.

import { locale } from '../app/locale.svelte';
import { m } from '../paraglide/messages';
import { timeOfDay, zoneName } from '../words/format';

interface DateProposal {
  /** As a date input gives it: 2026-12-08. */
  date: string;
  /** As a time input gives it: 09:00; empty for the whole day. */
  from: string;
  to: string;
}

function moment(date: string, time: string): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const clock = /^(\d{2}):(\d{2})/.exec(time);
  if (!parts || (time !== '' && !clock)) return null;
  const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
  const result = new Date(year, month - 1, day, Number(clock?.[1] ?? 0), Number(clock?.[2] ?? 0));
  return result.getMonth() === month - 1 && result.getDate() === day ? result : null;
}

/** `null` where there is no such date, or it ends before it begins. The year is said only where it is not this one. */
export function dateAnswer({ date, from, to }: DateProposal, now = new Date()): string | null {
  const begin = moment(date, from);
  if (!begin) return null;
  const options: Intl.DateTimeFormatOptions = { weekday: 'long', day: 'numeric', month: 'long', ...(begin.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }) };
  const day = new Intl.DateTimeFormat(locale(), options).format(begin);
  if (from === '') return to === '' ? day : null;
  // Whoever reads this elsewhere has another clock.
  const zone = zoneName(begin.getTime());
  if (to === '') return m.poll_date_at({ day, time: timeOfDay(begin.getTime()), zone });
  const end = moment(date, to);
  return end && end > begin ? m.poll_date_from_to({ day, from: timeOfDay(begin.getTime()), to: timeOfDay(end.getTime()), zone }) : null;
}
