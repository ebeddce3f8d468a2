import type { EpochMs } from '../../domain/clock.ts';
import { isInForce } from '../../domain/override.ts';
import type { WorkloadReading } from '../../domain/workload.ts';

/** However far off the next edge is, it is worked out again after this. */
const longestMs = 3_600_000;

/**
 * When the next decision is due though nothing is read and nothing changes: at the calendar's next edge, and at the end
 * of an override. An hour from now at the latest, so that a clock that was set makes no edge late for long.
 * @param calendarUntilMs until when what the calendar said holds; undefined where there is none
 */
export function nextEdgeMs(calendarUntilMs: EpochMs | undefined, workload: WorkloadReading, nowMs: EpochMs): EpochMs {
  return Math.min(calendarUntilMs ?? Infinity, overrideUntilMs(workload, nowMs), nowMs + longestMs);
}

function overrideUntilMs(reading: WorkloadReading, nowMs: EpochMs): EpochMs {
  const override = reading.state === 'known' ? reading.workload.override : undefined;
  return override?.state === 'set' && isInForce(override.override, nowMs) ? override.override.untilMs : Infinity;
}
