import type { EpochMs } from './clock.ts';

/** ISO weekday: 1 is Monday, 7 is Sunday. */
export type Weekday = 1 | 2 | 3 | 4 | 5 | 6 | 7;

interface Bounds {
  /** Warm replicas while the window is in force; `warmReplicas` of the calendar where absent. */
  readonly min?: number;
  /** Ceiling while the window is in force; none where absent. */
  readonly max?: number;
  /** As the user wrote it, for reasons and error texts. */
  readonly text: string;
}

/** Hours of local wall time, from `startMinute` to just before `endMinute` of the day: 0 to 1440. */
interface Hours {
  readonly startMinute: number;
  /** At or before `startMinute`, the window ends on the following day. */
  readonly endMinute: number;
}

/** `Mon-Fri 08:00-20:00 min=2`: open on each of these weekdays; a window that crosses midnight belongs to the day it starts on. */
export interface WeeklyWindow extends Bounds, Hours {
  readonly days: readonly Weekday[];
}

/** `2026-11-27 00:00-24:00 min=8`: open on that date in spite of weekday and holiday. */
export interface DatedWindow extends Bounds, Hours {
  /** `YYYY-MM-DD`. */
  readonly date: string;
}

/** Says which dates are holidays. */
export interface HolidayBook {
  /** The holiday's name on the local date `YYYY-MM-DD`, or undefined on any other day. */
  nameOn(date: string): string | undefined;
}

/** Business hours in local wall time of one timezone. */
export interface Calendar {
  /** IANA name. */
  readonly timezone: string;
  readonly windows: readonly WeeklyWindow[];
  readonly holidays: HolidayBook;
  readonly extraHours: readonly DatedWindow[];
  /** Floor in windows that name no `min`. */
  readonly warmReplicas: number;
}

/** What a calendar says of one moment. It stays true until `nextEdgeMs`. */
export interface CalendarState {
  readonly open: boolean;
  /** Highest `min` of the windows in force; 0 outside business hours. */
  readonly floor: number;
  /** Lowest `max` of the windows in force; absent where none names one, and outside business hours. */
  readonly ceiling?: number;
  /** The windows in force, or why there is none: `Mon-Fri 08:00-20:00 min=2`, `holiday: Christmas Day`, `outside business hours`. */
  readonly because: string;
  /** When this state began; absent when that is further back than the calendar looks. */
  readonly sinceMs?: EpochMs;
  /** The next moment at which floor, ceiling or openness changes; absent when that is further off than the calendar looks. */
  readonly nextEdgeMs?: EpochMs;
  /**
   * The highest floor that begins within the lead time asked for, where it is above `floor`: replicas for it are to be
   * asked for now, so that they are ready when it begins.
   */
  readonly upcoming?: { readonly floor: number; readonly opensAtMs: EpochMs; readonly because: string };
}
