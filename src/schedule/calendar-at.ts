import type { Calendar, CalendarState } from '../domain/calendar.ts';
import type { EpochMs } from '../domain/clock.ts';
import { dateOf, dayAt } from './local-day.ts';
import { Timeline } from './timeline.ts';

/**
 * What a calendar says of one moment.
 *
 * Windows count in local wall time: where the clocks skip a time, it is the moment of the change; where a time occurs
 * twice, the first one starts and the second one ends a window (rather warm than cold). A holiday closes its local date
 * from 00:00 to 24:00; extra hours are open in spite of it.
 *
 * `open`, `floor`, `ceiling` and `sinceMs` hold until `nextEdgeMs`; `upcoming` depends on `nowMs` itself. `nextEdgeMs` is
 * looked for up to 400 days ahead, `sinceMs` up to 15 days back.
 * @param leadMs how far ahead floors count as `upcoming`
 */
export function calendarAt(calendar: Calendar, nowMs: EpochMs, leadMs: number): CalendarState {
  const timeline = new Timeline(calendar);
  const bounds = timeline.boundsAt(nowMs);
  const sinceMs = timeline.lastEdgeMs(nowMs);
  let nextEdgeMs: EpochMs | undefined;
  let upcoming: CalendarState['upcoming'];
  for (const edge of timeline.edgesAfter(nowMs)) {
    nextEdgeMs ??= edge.atMs;
    if (edge.atMs > nowMs + leadMs) break;
    const { floor } = edge.bounds;
    if (floor <= (upcoming?.floor ?? bounds.floor)) continue;
    upcoming = { floor, opensAtMs: edge.atMs, because: reasonAt(calendar, timeline, edge.atMs) };
  }
  return {
    ...bounds,
    because: reasonAt(calendar, timeline, nowMs),
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(nextEdgeMs === undefined ? {} : { nextEdgeMs }),
    ...(upcoming === undefined ? {} : { upcoming }),
  };
}

function reasonAt(calendar: Calendar, timeline: Timeline, atMs: EpochMs): string {
  const windows = timeline.spansAt(atMs).map(({ window }) => window.text);
  if (windows.length > 0) return [...new Set(windows)].join('; ');
  const holiday = calendar.holidays.nameOn(dateOf(dayAt(calendar.timezone, atMs)));
  return holiday === undefined ? 'outside business hours' : `holiday: ${holiday}`;
}
