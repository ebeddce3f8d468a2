import { z } from 'zod';
import type { EpochMs } from '../../../domain/clock.ts';
import { formatDuration } from '../../../domain/duration.ts';
import { addsUp } from '../../../domain/signal.ts';
import type { SignalName } from '../../../domain/signal.ts';
import { parseSampleValue } from '../../exposition/line.ts';
import type { HttpText } from '../../http/http-text.ts';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { point, readApiAnswer } from './api-answer.ts';
import type { Point } from './api-answer.ts';

const numbers = z.discriminatedUnion('resultType', [
  // A native histogram has `histogram` in the place of `value`.
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point.optional() })) }),
  z.object({ resultType: z.literal('matrix'), result: z.array(z.object({ values: z.array(point).optional() })) }),
  z.object({ resultType: z.literal('scalar'), result: point }),
  z.object({ resultType: z.literal('string') }),
]);
type Numbers = z.infer<typeof numbers>;

/** What was asked: the value now, or the values of some time, of which the newest counts. */
export interface Asked {
  readonly range: boolean;
  readonly nowMs: EpochMs;
}

/** What an answer says of a signal. */
export type MeasureSignal = (signal: SignalName) => Measurement;

/**
 * The number in an answer to a query. One without series is absent; several are summed, and said so. Of a signal that does
 * not add up, such as a latency, the highest series counts; those that are NaN had no requests to tell of. Over a range only
 * series that have the newest point count as heard: the others have ended, or their samples are late. Throws with the
 * server's own words where it could not answer.
 */
export function readQueryAnswer(text: HttpText, host: string, asked: Asked): MeasureSignal {
  const { data, missing } = readApiAnswer(text, host, numbers);
  return (signal) => markPartial(measure(data, asked, signal), missing);
}

function measure(data: Numbers, { range, nowMs }: Asked, signal: SignalName): Measurement {
  if (data.resultType === 'matrix' && range) return combineNewest(data.result, nowMs, signal);
  if (data.resultType === 'vector') return combine(data.result.map(({ value }) => value?.[1]), signal); // prettier-ignore
  if (data.resultType === 'scalar') return combine([data.result[1]], signal);
  return absent(`the query gave a ${data.resultType}, not a number`);
}

function combineNewest(
  series: readonly { values?: Point[] | undefined }[],
  nowMs: EpochMs,
  signal: SignalName,
): Measurement {
  const newest = series.map(({ values }) => values?.at(-1));
  const known = newest.filter((last) => last !== undefined);
  if (known.length < series.length || known.length === 0) return combine(newest.map((last) => last?.[1]), signal); // prettier-ignore
  const newestSeconds = Math.max(...known.map(([seconds]) => seconds));
  const heard = known.filter(([seconds]) => seconds === newestSeconds);
  const one = combine(heard.map(([, value]) => value), signal); // prettier-ignore
  if (one.state === 'absent') return one;
  const age = `as of ${formatDuration(Math.max(0, Math.round(nowMs / 1_000 - newestSeconds) * 1_000))} ago`;
  const note = one.note === undefined ? age : `${one.note}, ${age}`;
  return { ...one, note, coverage: { heard: heard.length, expected: series.length } };
}

/** @param series one text for each; undefined where the series is a histogram */
function combine(series: readonly (string | undefined)[], signal: SignalName): Measurement {
  const count = series.length;
  if (count === 0) return absent('the query gave no series');
  if (series.includes(undefined)) return absent('the query gave a histogram, not a number', count);
  const texts = series.filter((text) => text !== undefined);
  const told = addsUp(signal) ? texts : texts.filter((text) => !Number.isNaN(parseSampleValue(text)));
  if (told.length === 0) return absent('the query gave NaN: no requests in its window', count, count);
  const odd = told.find((text) => !isUsable(text));
  if (odd !== undefined) return absent(count === 1 ? `the query gave ${cut(odd)}` : `one of ${count} series is ${cut(odd)}`, count); // prettier-ignore
  return fold(told.map(Number), count, signal);
}

function fold(values: readonly number[], count: number, signal: SignalName): Measurement {
  const value = addsUp(signal) ? values.reduce((sum, one) => sum + one, 0) : values.reduce((top, one) => Math.max(top, one)); // prettier-ignore
  const measured = { state: 'measured', value, coverage: { heard: count, expected: count } } as const;
  return count === 1 ? measured : { ...measured, note: `${addsUp(signal) ? 'sum' : 'highest'} of ${count} series` };
}

/** An answer of which a part is missing is too low a number: it may raise a decision and never lower one. */
function markPartial(measurement: Measurement, missing: string | undefined): Measurement {
  if (measurement.state === 'absent' || missing === undefined) return measurement;
  const { heard, expected } = measurement.coverage;
  return { ...measurement, note: missing, coverage: { heard, expected: expected + 1 } };
}

function isUsable(text: string): boolean {
  const value = parseSampleValue(text);
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

function absent(reason: string, expected = 1, heard = 0): Measurement {
  return { state: 'absent', reason, coverage: { heard, expected } };
}
