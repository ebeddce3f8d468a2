import type { Calendar, DatedWindow, WeeklyWindow } from '../../src/domain/calendar.ts';

export interface NaiveState {
  readonly open: boolean;
  readonly floor: number;
  readonly ceiling: number | undefined;
}

const minuteMs = 60_000;
const marginMs = 2 * 1_440 * minuteMs;
const knownWallTimes = new Map<string, readonly string[]>();

/**
 * The calendar worked out the slow way, from what a wall clock shows in each minute of a stretch of time: a window is in
 * force from the first minute whose local time has reached its start up to the last one that shows its end or, where the
 * clocks skip its end, to the last whose local time is before it.
 */
export function naiveStates(calendar: Calendar, fromMs: number, toMs: number): readonly NaiveState[] {
  const walls = wallTimes(calendar.timezone, fromMs - marginMs, toMs + marginMs);
  const inForce = walls.map((): (WeeklyWindow | DatedWindow)[] => []);
  const take = (
    window: WeeklyWindow | DatedWindow,
    date: Temporal.PlainDate,
    isClosedOn: (date: string) => boolean,
  ) => {
    const wallAt = (minute: number): string =>
      date.toPlainDateTime().add({ minutes: minute }).toString({ smallestUnit: 'minute' });
    const endMinute = window.endMinute > window.startMinute ? window.endMinute : window.endMinute + 1_440;
    const start = wallAt(window.startMinute);
    const end = wallAt(endMinute);
    const first = walls.findIndex((wall) => wall >= start);
    const shownLast = walls.lastIndexOf(end);
    const last = shownLast < 0 ? walls.findLastIndex((wall) => wall < end) : shownLast - 1;
    if (first < 0) return;
    for (let index = first; index <= last; index += 1) {
      if (!isClosedOn(walls[index]!.slice(0, 10))) inForce[index]!.push(window);
    }
  };
  const firstDate = Temporal.PlainDate.from(walls[0]!.slice(0, 10)).add({ days: 1 });
  const lastDate = walls.at(-1)!.slice(0, 10);
  for (let date = firstDate; date.toString() < lastDate; date = date.add({ days: 1 })) {
    for (const window of calendar.windows) {
      if (!window.days.some((day) => day === date.dayOfWeek)) continue;
      take(window, date, (text) => calendar.holidays.nameOn(text) !== undefined);
    }
    for (const window of calendar.extraHours) if (window.date === date.toString()) take(window, date, () => false);
  }
  const margin = marginMs / minuteMs;
  return inForce.slice(margin, inForce.length - margin).map((windows) => stateOf(calendar, windows));
}

function stateOf(calendar: Calendar, windows: readonly (WeeklyWindow | DatedWindow)[]): NaiveState {
  if (windows.length === 0) return { open: false, floor: 0, ceiling: undefined };
  let floor = 0;
  let ceiling: number | undefined;
  for (const window of windows) {
    floor = Math.max(floor, window.min ?? calendar.warmReplicas);
    if (window.max !== undefined) ceiling = ceiling === undefined ? window.max : Math.min(ceiling, window.max);
  }
  return { open: true, floor: ceiling === undefined ? floor : Math.min(floor, ceiling), ceiling };
}

function wallTimes(timezone: string, fromMs: number, toMs: number): readonly string[] {
  const key = `${timezone} ${fromMs} ${toMs}`;
  const known = knownWallTimes.get(key);
  if (known) return known;
  const walls: string[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += minuteMs) {
    const zoned = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone);
    walls.push(zoned.toPlainDateTime().toString({ smallestUnit: 'minute' }));
  }
  knownWallTimes.set(key, walls);
  return walls;
}
