import type { Cancel, Clock } from '../domain/clock.ts';
import type { Option } from './options.ts';

/** setTimeout cannot wait longer than this; longer waits are made of several. */
const longestTimerMs = 2_147_483_647;

/** How a clock runs that is not the world's: at the world's pace until `epochMs` of world time, when it read `startMs`, and `speed` times as fast since. */
export interface Pace {
  readonly startMs: number;
  readonly epochMs: number;
  readonly speed: number;
}

/** A clock that another thread or process can have as well, when it is told the pace. */
export interface ProcessClock extends Clock {
  /** Undefined for the world's own. */
  readonly pace?: Pace;
}

/** The world's own clock. */
export const systemClock: ProcessClock = {
  nowMs: () => Date.now(),
  after: (delayMs, call) => plan(delayMs, call),
};

/** A clock that runs at a pace of its own. Processes that are given the same one agree on the time, as the demo's do. */
export function acceleratedClock(pace: Pace): ProcessClock {
  return {
    nowMs: () => pace.startMs + (Date.now() - pace.epochMs) * pace.speed,
    after: (delayMs, call) => plan(delayMs / pace.speed, call),
    pace,
  };
}

export function clockOf(pace: Pace | undefined): ProcessClock {
  return pace ? acceleratedClock(pace) : systemClock;
}

/** The clock that `--clock START,EPOCH,SPEED` names, or the world's for an empty text; undefined for any other text. */
export function parseClock(text: string): ProcessClock | undefined {
  if (text === '') return systemClock;
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [startMs = NaN, epochMs = NaN, speed = NaN, ...rest] = numbers;
  if (rest.length > 0 || !numbers.every(Number.isFinite) || !(speed > 0)) return undefined;
  return acceleratedClock({ startMs, epochMs, speed });
}

/** `--clock`, for programs that can run on the demo's time. */
export const clockOption: Option<ProcessClock> = {
  help: 'Run on an accelerated clock, for demonstrations: START,EPOCH,SPEED (milliseconds, milliseconds, factor).',
  shown: '',
  fallback: systemClock,
  expects: 'START,EPOCH,SPEED: two times in milliseconds since 1970 and a factor above 0',
  parse: parseClock,
};

function plan(delayMs: number, call: () => void): Cancel {
  if (delayMs <= longestTimerMs) {
    const timer = setTimeout(call, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  }
  let cancel = plan(longestTimerMs, () => {
    cancel = plan(delayMs - longestTimerMs, call);
  });
  return () => cancel();
}
