import type { EpochMs } from '../domain/clock.ts';
import type { Weekday } from '../domain/calendar.ts';

/** A local date as a number: days since 1970-01-01. Counting days this way needs no timezone. */
export type LocalDay = number;

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Day starts already worked out, by timezone. They never change, so they are shared by all calendars of a timezone. */
const knownStarts = new Map<string, Map<LocalDay, EpochMs>>();
const knownDates = new Map<LocalDay, string>();
const maxKnownDays = 4_096;

/** The first moment of a local date. A date that a timezone skipped as a whole starts and ends when the next one starts. */
export function dayStart(timezone: string, day: LocalDay): EpochMs {
  const starts = startsOf(timezone);
  const known = starts.get(day);
  if (known !== undefined) return known;
  if (starts.size >= maxKnownDays) starts.clear();
  const startMs = wallInstant(timezone, day, 0, 'start');
  starts.set(day, startMs);
  return startMs;
}

/** The local date of a moment. */
export function dayAt(timezone: string, atMs: EpochMs): LocalDay {
  let day = Math.floor(atMs / dayMs) + 1;
  while (dayStart(timezone, day) > atMs) day -= 1;
  return day;
}

/** Whether a local date has 24 hours, as all have but those on which the clocks change. */
export function hasUsualLength(timezone: string, day: LocalDay): boolean {
  return dayStart(timezone, day + 1) - dayStart(timezone, day) === dayMs;
}

/**
 * The moment at which a window that reads `minute` (0 to 1440) of a local date starts or ends. A time that the clocks skip
 * is the moment of the change; of a time that occurs twice, the first one starts and the second one ends a window.
 */
export function instantOf(timezone: string, day: LocalDay, minute: number, side: 'start' | 'end'): EpochMs {
  // The clocks of the next day count too: where they go back over midnight, the last hour of this day comes twice.
  const isUsual = hasUsualLength(timezone, day) && hasUsualLength(timezone, day + 1);
  return isUsual ? dayStart(timezone, day) + minute * minuteMs : wallInstant(timezone, day, minute, side);
}

export function weekdayOf(day: LocalDay): Weekday {
  return (((((day + 3) % 7) + 7) % 7) + 1) as Weekday;
}

/** `YYYY-MM-DD`. Remembered, because writing a date is most of the work of looking a year ahead. */
export function dateOf(day: LocalDay): string {
  const known = knownDates.get(day);
  if (known !== undefined) return known;
  if (knownDates.size >= maxKnownDays) knownDates.clear();
  const date = new Date(day * dayMs).toISOString().slice(0, 10);
  knownDates.set(day, date);
  return date;
}

function wallInstant(timezone: string, day: LocalDay, minute: number, side: 'start' | 'end'): EpochMs {
  const wall = new Temporal.PlainDateTime(1970, 1, 1).add({ days: day, minutes: minute });
  const earlier = wall.toZonedDateTime(timezone, { disambiguation: 'earlier' });
  const later = wall.toZonedDateTime(timezone, { disambiguation: 'later' });
  const isSkipped = !later.toPlainDateTime().equals(wall);
  // Temporal moves a skipped time by the length of the gap, to before or after it; the gap itself is one moment.
  const chosen = isSkipped ? (earlier.getTimeZoneTransition('next') ?? later) : side === 'start' ? earlier : later;
  return chosen.epochMilliseconds;
}

function startsOf(timezone: string): Map<LocalDay, EpochMs> {
  const known = knownStarts.get(timezone);
  if (known) return known;
  const starts = new Map<LocalDay, EpochMs>();
  knownStarts.set(timezone, starts);
  return starts;
}
