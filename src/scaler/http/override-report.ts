import type { EpochMs } from '../../domain/clock.ts';
import { isInForce } from '../../domain/override.ts';
import type { OverrideReading } from '../../domain/override.ts';

/** What the HTTP interface says of an override: its limits and whether they count, or why it counts for nothing. */
export function reportOverride(reading: OverrideReading, nowMs: EpochMs): object {
  if (reading.state === 'invalid') return reading;
  const { untilMs, ...rest } = reading.override;
  const state = isInForce(reading.override, nowMs) ? 'in force' : 'over';
  return { state, ...rest, until: new Date(untilMs).toISOString() };
}
