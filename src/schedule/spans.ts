import type { Calendar, DatedWindow, WeeklyWindow } from '../domain/calendar.ts';
import type { EpochMs } from '../domain/clock.ts';
import { dateOf, dayStart, instantOf, weekdayOf } from './local-day.ts';
import type { LocalDay } from './local-day.ts';

type Window = WeeklyWindow | DatedWindow;

/** A window as it takes place once: from `startMs` to just before `endMs`. */
export interface Span {
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly window: Window;
}

/**
 * The windows that start on a local date, as spans of time. A holiday cuts its whole date out of weekly windows, their
 * parts before and after midnight alike; extra hours stay as they are.
 */
export function spansOn(calendar: Calendar, day: LocalDay): readonly Span[] {
  const { timezone } = calendar;
  const weekday = weekdayOf(day);
  const date = dateOf(day);
  const weekly = calendar.windows.filter((window) => window.days.includes(weekday));
  const extra = calendar.extraHours.filter((window) => window.date === date);
  return [
    ...weekly.flatMap((window) => withoutHolidays(calendar, day, spanOf(timezone, day, window))),
    ...extra.map((window) => spanOf(timezone, day, window)),
  ].filter((span) => span.startMs < span.endMs);
}

function spanOf(timezone: string, day: LocalDay, window: Window): Span {
  const endDay = window.endMinute > window.startMinute ? day : day + 1;
  return {
    startMs: instantOf(timezone, day, window.startMinute, 'start'),
    endMs: instantOf(timezone, endDay, window.endMinute, 'end'),
    window,
  };
}

function withoutHolidays(calendar: Calendar, day: LocalDay, whole: Span): readonly Span[] {
  let spans: readonly Span[] = [whole];
  for (const date of [day, day + 1]) {
    if (dayStart(calendar.timezone, date) >= whole.endMs) break;
    if (calendar.holidays.nameOn(dateOf(date)) === undefined) continue;
    const startMs = dayStart(calendar.timezone, date);
    const endMs = dayStart(calendar.timezone, date + 1);
    spans = spans.flatMap((span) => [
      { ...span, endMs: Math.min(span.endMs, startMs) },
      { ...span, startMs: Math.max(span.startMs, endMs) },
    ]);
  }
  return spans;
}
