// The current day, for words like "today" in a window that stays open overnight.

export const startOfDay = (timestampMs: number): number => new Date(timestampMs).setHours(0, 0, 0, 0);
const startOfNextDay = (timestampMs: number): number => new Date(timestampMs).setHours(24, 0, 0, 0);

let day = $state(startOfDay(Date.now()));
let midnight: ReturnType<typeof setTimeout> | undefined;

function renew(): void {
  day = startOfDay(Date.now());
  clearTimeout(midnight);
  midnight = setTimeout(renew, startOfNextDay(Date.now()) - Date.now());
}

/** Keeps the day current, also where the device slept at midnight. Returns how to stop. */
export function watchDay(): () => void {
  renew();
  document.addEventListener('visibilitychange', renew);
  window.addEventListener('focus', renew);
  return () => {
    clearTimeout(midnight);
    document.removeEventListener('visibilitychange', renew);
    window.removeEventListener('focus', renew);
  };
}

/** The time of now, in milliseconds since the epoch. What is derived from it is derived anew on another day. */
export function now(): number {
  void day;
  return Date.now();
}
