import type { Cancel, Clock } from '../domain/clock.ts';
import type { Option } from './options.ts';

/** setTimeout cannot wait longer than this; longer waits are made of several. */
const longestTimerMs = 2_147_483_647;

/** The world's own clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after: (delayMs, call) => plan(delayMs, call),
};

/**
 * A clock that ran at the world's pace until `epochMs` of world time, when it read `startMs`, and runs `speed` times as
 * fast since. Processes that are given the same three numbers agree on the time, as the demo's do.
 */
export function acceleratedClock(setting: { startMs: number; epochMs: number; speed: number }): Clock {
  return {
    nowMs: () => setting.startMs + (Date.now() - setting.epochMs) * setting.speed,
    after: (delayMs, call) => plan(delayMs / setting.speed, call),
  };
}

/** The clock that `--clock START,EPOCH,SPEED` names, or the world's for an empty text; undefined for any other text. */
export function parseClock(text: string): Clock | undefined {
  if (text === '') return systemClock;
  const numbers = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [startMs = NaN, epochMs = NaN, speed = NaN, ...rest] = numbers;
  if (rest.length > 0 || !numbers.every(Number.isFinite) || !(speed > 0)) return undefined;
  return acceleratedClock({ startMs, epochMs, speed });
}

/** `--clock`, for programs that can run on the demo's time. */
export const clockOption: Option<Clock> = {
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
