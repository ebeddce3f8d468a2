import type { EpochMs } from '../../domain/clock.ts';
import { localTime, outage } from './business-day.ts';

/** How things stood at one moment of the day. */
export interface Moment {
  readonly atMs: EpochMs;
  readonly replicas: number;
  readonly ready: number;
  readonly queue: number;
  readonly rule: string;
  readonly why: string;
}

export interface DayRecord {
  readonly moments: readonly Moment[];
  readonly arrived: number;
  readonly served: number;
}

/** What the day should show, in the words of someone who pays for the GPUs. */
interface Expectation {
  readonly about: string;
  /** What was seen, and whether that is what was expected. */
  readonly check: (day: DayRecord) => { readonly seen: string; readonly met: boolean };
}

export const expectations: readonly Expectation[] = [
  { about: 'dark before the office opens (06:00 to 07:30: 0 replicas)', check: staysDark('23T06:00', '23T07:30') },
  { about: 'warm when it opens (08:00: 2 ready)', check: readyAt('23T08:00', 2) },
  { about: 'warm before lunch (11:30: 4 ready)', check: readyAt('23T11:30', 4) },
  { about: 'lunch spike (90 requests a minute: 7 or more ready)', check: readyAtSomeTime('23T11:45', '23T13:00', 7) },
  { about: 'queue metrics lost (13:30 to 14:30): held, though lunch is over at 14:00', check: heldDuringOutage },
  { about: 'back to what is needed (17:00: 2 or 3 replicas)', check: replicasAt('23T17:00', 2, 3) },
  { about: 'dark after closing (21:00 to 22:55: 0 replicas)', check: staysDark('23T21:00', '23T22:55') },
  { about: 'demand at 23:00 wakes it (ready by 23:20)', check: readyAtSomeTime('23T23:00', '23T23:20', 1) },
  { about: 'dark again after it (00:30: 0 replicas)', check: replicasAt('24T00:30', 0, 0) },
  { about: 'dark on the holiday (08:00 to 12:00: 0 replicas)', check: staysDark('24T08:00', '24T11:55') },
  { about: 'every request was served', check: allServed },
];

function staysDark(from: string, until: string): Expectation['check'] {
  return (day) => {
    const most = Math.max(...between(day, from, until).map(({ replicas }) => replicas));
    return { seen: `${most} at most`, met: most === 0 };
  };
}

function readyAt(time: string, least: number): Expectation['check'] {
  return (day) => {
    const { ready } = at(day, localTime(`2026-12-${time}`));
    return { seen: `${ready} ready`, met: ready >= least };
  };
}

function readyAtSomeTime(from: string, until: string, least: number): Expectation['check'] {
  return (day) => {
    const most = Math.max(...between(day, from, until).map(({ ready }) => ready));
    return { seen: `${most} ready`, met: most >= least };
  };
}

function replicasAt(time: string, least: number, most: number): Expectation['check'] {
  return (day) => {
    const { replicas } = at(day, localTime(`2026-12-${time}`));
    return { seen: `${replicas} replicas`, met: replicas >= least && replicas <= most };
  };
}

/** A gauge's last value counts for a little while; by ten minutes into the outage the hold must have taken over. */
function heldDuringOutage(day: DayRecord): ReturnType<Expectation['check']> {
  const during = day.moments.filter(({ atMs }) => atMs >= outage.fromMs + 600_000 && atMs <= outage.untilMs);
  const counts = during.map(({ replicas }) => replicas);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const held = during.some(({ rule }) => rule === 'hold');
  return { seen: least === most ? `${least} held` : `${least} to ${most}`, met: least === most && least > 0 && held };
}

function allServed(day: DayRecord): ReturnType<Expectation['check']> {
  return { seen: `${day.served} of ${day.arrived}`, met: day.arrived > 0 && day.served === day.arrived };
}

function between(day: DayRecord, from: string, until: string): readonly Moment[] {
  const [fromMs, untilMs] = [localTime(`2026-12-${from}`), localTime(`2026-12-${until}`)];
  return day.moments.filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
}

/** The first moment at or after a time. */
function at(day: DayRecord, timeMs: EpochMs): Moment {
  const moment = day.moments.find(({ atMs }) => atMs >= timeMs) ?? day.moments.at(-1);
  if (!moment) throw new Error('the day has no moments');
  return moment;
}
