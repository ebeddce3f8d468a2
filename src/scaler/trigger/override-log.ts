import type { EpochMs } from '../../domain/clock.ts';
import { isInForce } from '../../domain/override.ts';
import type { OverrideReading } from '../../domain/override.ts';
import { refKey } from '../../domain/workload.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Snapshot } from './snapshot.ts';

/** Logs once what became of a ScaledObject's override: it counts, it is over, it is gone, or it can't be understood. */
export function logOverride(logger: Logger, ref: ScaledObjectRef, after: Snapshot, before: Snapshot | undefined): void {
  if (after.workload.state === 'unknown') return;
  const override = overrideOf(after);
  const earlier = before && overrideOf(before);
  const standing = standingOf(override, after.verdict.decidedAtMs);
  if (standing === standingOf(earlier, before?.verdict.decidedAtMs ?? 0)) return;
  const scaledobject = refKey(ref);
  if (override === undefined) logger.info({ scaledobject }, 'override removed');
  else if (override.state === 'invalid') logger.warn({ scaledobject, text: override.text, problem: override.problem }, 'override ignored'); // prettier-ignore
  else if (standing === 'over') logger.info({ scaledobject }, 'override expired');
  else logger.info({ scaledobject, ...override.override, untilMs: undefined, until: isoTime(override.override.untilMs) }, 'override in force'); // prettier-ignore
}

function overrideOf({ workload }: Snapshot): OverrideReading | undefined {
  return workload.state === 'known' ? workload.workload.override : undefined;
}

/** The same for as long as there is nothing new to say. */
function standingOf(reading: OverrideReading | undefined, nowMs: EpochMs): string | undefined {
  if (reading === undefined) return undefined;
  return reading.state === 'set' && !isInForce(reading.override, nowMs) ? 'over' : JSON.stringify(reading);
}

function isoTime(atMs: EpochMs): string {
  return new Date(atMs).toISOString();
}
