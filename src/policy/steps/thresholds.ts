import { parseDuration } from '../../domain/duration.ts';
import { signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import { maxNumber } from '../scalars.ts';
import { percentSignals } from '../signals/targets.ts';

/** How the value that a signal is compared with is written. */
export interface ThresholdForm {
  /** For error texts: `a percentage from 0 to 100, such as 70`. */
  readonly expects: string;
  /** The value in the signal's unit; undefined where the text is no such value. */
  readonly read: (text: string) => number | undefined;
  /** The signal can't be above this. */
  readonly highest: number;
}

const number = /^\d+(?:\.\d+)?$/;

const percentage: ThresholdForm = {
  expects: 'a percentage from 0 to 100, such as 70',
  read: (text) => scaled(text.replace(/\s*%$/, ''), 100, 1),
  highest: 1,
};
const ratio: ThresholdForm = {
  expects: 'a ratio from 0 to 1, such as 0.8, or a percentage, such as 80%',
  read: (text) => (text.endsWith('%') ? percentage.read(text) : scaled(text, 1, 1)),
  highest: 1,
};
const seconds: ThresholdForm = {
  expects: 'a duration with its unit, such as 2s or 800ms',
  read: (text) => {
    const durationMs = parseDuration(text);
    return durationMs === undefined ? undefined : durationMs / 1_000;
  },
  highest: Infinity,
};
const count: ThresholdForm = {
  expects: `a number from 0 to ${maxNumber}, such as 5`,
  read: (text) => scaled(text, 1, maxNumber),
  highest: Infinity,
};

const forms = { requests: count, 'requests/s': count, 'tokens/s': count, ratio, seconds } as const satisfies Record<
  (typeof signals)[SignalName]['unit'],
  ThresholdForm
>;

/** GPU figures are written in percent, as they are everywhere else; latencies as durations. */
export function thresholdForm(signal: SignalName): ThresholdForm {
  return percentSignals.includes(signal) ? percentage : forms[signals[signal].unit];
}

/** @param whole what stands for 1 in the signal's unit */
function scaled(text: string, whole: number, max: number): number | undefined {
  const value = Number(text) / whole;
  return number.test(text) && value <= max ? value : undefined;
}
