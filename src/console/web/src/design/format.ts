const NUMBER = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const LOCAL = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const formatNumber = (value: number): string => NUMBER.format(value);
export const formatCompact = (value: number): string => COMPACT.format(value);
export const formatPercent = (share: number): string => PERCENT.format(share);

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** In steps of 1,024, as memory limits are written. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let step = 0;
  while (value >= 1_024 && step < BYTE_UNITS.length - 1) {
    value /= 1_024;
    step += 1;
  }
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${BYTE_UNITS[step]}`;
}

/** 12 ms, 3.4 s, 5 min 10 s, 2 h 4 min, 3 d 2 h. */
export function formatDuration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 10 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, 'min', SECOND, 's');
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'min');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, large: number, largeWord: string, small: number, smallWord: string): string {
  const whole = Math.floor(ms / large);
  const rest = Math.floor((ms % large) / small);
  return rest === 0 ? `${whole} ${largeWord}` : `${whole} ${largeWord} ${rest} ${smallWord}`;
}

/** "4 s ago", "in 12 s", "3 d ago": one unit, because it ticks. */
export function formatAgo(at: number, now: number): string {
  const distance = Math.abs(now - at);
  const text = oneUnit(distance);
  if (distance < SECOND) return 'now';
  return at > now ? `in ${text}` : `${text} ago`;
}

function oneUnit(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h`;
  return `${Math.floor(ms / DAY)} d`;
}

/** Local time and UTC, for titles. */
export function formatAbsolute(iso: string): string {
  const date = new Date(iso);
  return `${LOCAL.format(date)} (${date.toISOString()})`;
}

/** Requests a minute and the like: 0, 0.4, 12, 3.4K. */
export const formatRate = (value: number): string =>
  value > 0 && value < 10 ? value.toFixed(1) : formatCompact(Math.round(value));
