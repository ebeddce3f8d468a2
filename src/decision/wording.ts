import type { EpochMs } from '../domain/clock.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Coverage, Reading } from '../domain/reading.ts';
import { signals } from '../domain/signal.ts';
import type { SignalName } from '../domain/signal.ts';

/** A number with three decimals at most, as precise as KEDA is. */
export function formatNumber(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** A signal's value with its unit: `12`, `3.5 requests/s`, `160 %`, `2.3 s`. */
export function formatValue(signal: SignalName, value: number): string {
  const { unit } = signals[signal];
  if (unit === 'requests') return formatNumber(value);
  if (unit === 'ratio') return `${formatNumber(value * 100)} %`;
  return `${formatNumber(value)} ${unit === 'seconds' ? 's' : unit}`;
}

/** `1 request`, `3 requests`. */
export function formatRequests(count: number): string {
  return `${formatNumber(count)} ${count === 1 ? 'request' : 'requests'}`;
}

/** `heard 1 of 2`. */
export function formatCoverage({ heard, expected }: Coverage): string {
  return `heard ${heard} of ${expected}`;
}

/** Why there is no number: `queue failed (redis jobs: connection refused)`. */
export function describeLoss(signal: SignalName, reading: Reading | undefined): string {
  if (reading === undefined) return `${signal} not read yet`;
  const reason = reading.state === 'fresh' ? formatCoverage(reading.coverage) : reading.reason;
  const state = reading.state === 'fresh' ? 'incomplete' : reading.state;
  return `${signal} ${state} (${reading.source}: ${reason})`;
}

/** How long ago a reading was taken: `, 40s ago`; empty where there is none. */
export function describeAge(reading: Reading | undefined, nowMs: EpochMs): string {
  return reading === undefined ? '' : `, ${formatDuration(Math.max(0, nowMs - reading.observedAtMs))} ago`;
}
