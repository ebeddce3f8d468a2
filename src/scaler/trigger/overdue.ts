import type { EpochMs } from '../../domain/clock.ts';
import { formatDuration } from '../../domain/duration.ts';

/** Why a decision is too old to act on; undefined while it is not. */
export function overdueReason(decidedAtMs: EpochMs, nowMs: EpochMs, staleAfterMs: number): string | undefined {
  const ageMs = nowMs - decidedAtMs;
  if (ageMs <= staleAfterMs) return undefined;
  return `the last decision is ${formatDuration(ageMs)} old, and none has followed it`;
}
