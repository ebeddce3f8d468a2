import type { CalendarState } from '../../domain/calendar.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { Verdict } from '../../domain/decision.ts';
import type { Reading } from '../../domain/reading.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { WorkloadReading } from '../../domain/workload.ts';

/** Whether there was work at the moment of a decision, as the idle rule counts it. */
interface Quiet {
  readonly quiet: boolean;
  readonly because: string;
  /** Since when it has been quiet without a gap; absent while it is not. */
  readonly sinceMs?: EpochMs;
}

/**
 * One moment of a trigger: what was known and what was decided from it. IsActive, GetMetrics, the streams, the metrics
 * and the status page all answer from the same one.
 */
export interface Snapshot {
  readonly verdict: Verdict;
  readonly workload: WorkloadReading;
  readonly readings: ReadonlyMap<SignalName, Reading>;
  /** Absent where the policy has no calendar. */
  readonly calendar?: CalendarState;
  /** Absent while the workload is unknown. */
  readonly quiet?: Quiet;
}

/** Whether the workload is known to stand at zero replicas. */
export function isAtZero(snapshot: Snapshot): boolean {
  return snapshot.workload.state === 'known' && snapshot.workload.workload.replicas === 0;
}
