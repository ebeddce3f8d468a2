import type { EpochMs } from '../../domain/clock.ts';

/** The demo's timezone, and the day it plays: a Wednesday, and the morning of the holiday after it. */
const timezone = 'Europe/Berlin';
export const firstShownMs = localTime('2026-12-23T05:30');
export const endMs = localTime('2026-12-24T12:00');

/** The trigger that the whole day is played with. */
export const scalerMetadata: Record<string, string> = {
  timezone,
  businessHours: 'Mon-Fri 08:00-20:00 min=2; Mon-Fri 11:30-14:00 min=4',
  holidays: '12-24',
  warmLead: '15m',
  idleAfter: '5m',
  engine: 'vllm',
  runningTarget: '12',
  queueFrom: 'gateway',
  queueQuery: 'sum(gateway_waiting_requests{model="llama-70b"})',
  queueTarget: '8',
  gpuUtilizationTarget: '90',
};

/** Requests a minute that begin at a local time and last until the next row. */
const demand: readonly (readonly [EpochMs, number])[] = [
  [localTime('2026-12-23T00:00'), 0],
  [localTime('2026-12-23T08:05'), 8],
  [localTime('2026-12-23T09:00'), 18],
  [localTime('2026-12-23T11:45'), 90],
  [localTime('2026-12-23T13:00'), 20],
  [localTime('2026-12-23T18:00'), 6],
  [localTime('2026-12-23T19:30'), 0],
  [localTime('2026-12-23T23:00'), 10],
  [localTime('2026-12-23T23:20'), 0],
];

/** While this lasts, nobody can say how many requests wait: the gateway's metrics do not answer. */
export const outage = { fromMs: localTime('2026-12-23T13:30'), untilMs: localTime('2026-12-23T14:30') };

export function requestsPerMinute(nowMs: EpochMs): number {
  return demand.findLast(([fromMs]) => fromMs <= nowMs)?.[1] ?? 0;
}

/** The instant of a local time of the demo's timezone. */
export function localTime(text: string): EpochMs {
  return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds;
}

/** `Wed 12:05`. */
export function showTime(nowMs: EpochMs): string {
  const time = Temporal.Instant.fromEpochMilliseconds(Math.round(nowMs)).toZonedDateTimeISO(timezone);
  const day = time.toLocaleString('en-GB', { weekday: 'short' });
  return `${day} ${time.toPlainTime().toString({ smallestUnit: 'minute' })}`;
}
