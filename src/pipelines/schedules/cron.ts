import { CronExpressionParser } from 'cron-parser';

/** Minute, hour, day of the month, month, day of the week; or one of the words. Seconds are no pace for pipelines. */
const FIELDS = /^[0-9A-Za-z*,/#?-]+(?: [0-9A-Za-z*,/#?-]+){4}$/;
const WORDS: ReadonlySet<string> = new Set(['@hourly', '@daily', '@weekly', '@monthly', '@yearly']);
/** The library's own sign for a random value: a schedule says when. */
const RANDOM = /(?:^|[ ,])H/;
const ZONE = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

export const CRON_MAX_LENGTH = 128;
const MINUTE_MS = 60_000;
/** First look at so many minutes, then at twice as many, and so on: recent slots are found without counting from the oldest. */
const FIRST_WINDOW_MS = 100 * MINUTE_MS;

export interface Cron {
  readonly cron: string;
  readonly timezone: string;
}

/** The first slot after a moment. Undefined: there is none. Slots are moments, so that a change of the clocks doubles none. */
export function nextSlot(cron: Cron, after: Date): Date | undefined {
  return slotsAfter(cron, after, 1)[0];
}

/** The next slots after a moment, as many as are wanted and as there are. */
export function slotsAfter({ cron, timezone }: Cron, after: Date, count: number): readonly Date[] {
  const slots: Date[] = [];
  try {
    const expression = CronExpressionParser.parse(cron, { currentDate: after, tz: timezone });
    while (slots.length < count) slots.push(expression.next().toDate());
  } catch {
    // It looks for some years and gives up: this was the last one, or there is none.
    return slots;
  }
  return slots;
}

/**
 * The newest slots from one moment on, up to another one, the oldest first. The library counts forward only, and takes its
 * time: years of minutes are not counted to find the last hundred.
 */
export function newestSlots(cron: Cron, from: Date, until: Date, max: number): readonly Date[] {
  for (let windowMs = FIRST_WINDOW_MS; ; windowMs *= 2) {
    const startMs = Math.max(from.getTime() - 1, until.getTime() - windowMs);
    const slots = slotsBetween(cron, new Date(startMs), until);
    if (slots.length >= max || startMs < from.getTime()) return slots.slice(-max);
  }
}

function slotsBetween(cron: Cron, after: Date, until: Date): readonly Date[] {
  const slots: Date[] = [];
  try {
    const { cron: text, timezone } = cron;
    const expression = CronExpressionParser.parse(text, { currentDate: after, tz: timezone });
    for (let slot = expression.next().toDate(); slot <= until; slot = expression.next().toDate())
      slots.push(slot);
  } catch {
    return slots;
  }
  return slots;
}

export function faultOfCron(cron: string, now: Date): string | undefined {
  const isWritten = WORDS.has(cron) || (FIELDS.test(cron) && !RANDOM.test(cron));
  if (!isWritten || cron.length > CRON_MAX_LENGTH)
    return `must be five fields (minute, hour, day, month, day of the week) or one of ${[...WORDS].join(', ')}`;
  try {
    CronExpressionParser.parse(cron, { currentDate: now, tz: 'UTC' });
  } catch (error) {
    return `is not understood: ${error instanceof Error ? error.message : String(error)}`;
  }
  return nextSlot({ cron, timezone: 'UTC' }, now) === undefined ? 'is a time that never comes' : undefined;
}

/** By its name: an offset knows nothing of summer. */
export function isTimezone(timezone: string): boolean {
  if (!ZONE.test(timezone)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
