import type { EpochMs } from '../../domain/clock.ts';
import type { Decision, RuleName } from '../../domain/decision.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { Policy } from '../../domain/policy.ts';
import type { WorkloadReading } from '../../domain/workload.ts';
import type { ScaledObjectEvent } from '../../kubernetes/event-recorder.ts';
import { wholeReplicas } from '../grpc/metric-value.ts';
import type { Snapshot } from '../trigger/snapshot.ts';

const reasons: Readonly<Record<RuleName, string>> = {
  override: 'OverrideInForce',
  closed: 'Closed',
  ceiling: 'AtCeiling',
  load: 'ScalingOnLoad',
  steps: 'StepTaken',
  floor: 'AtFloor',
  hold: 'Holding',
  idle: 'Idle',
};

/** What a decision says to those who look at the ScaledObject. */
export function describeDecision(policy: Policy, snapshot: Snapshot): ScaledObjectEvent {
  const { verdict, readings } = snapshot;
  if (verdict.state === 'undecided') return { type: 'Warning', reason: 'NoDecision', message: `no decision: ${verdict.reason}` }; // prettier-ignore
  const warming = verdict.rule === 'floor' ? describeWarming(policy, verdict, snapshot) : undefined;
  if (warming !== undefined) return { type: 'Normal', reason: 'Warming', message: warming };
  const isBlind = [...readings.values()].some(({ state }) => state === 'failed' || state === 'stale');
  const message = `${inReplicas(verdict)}: ${verdict.why}`;
  if (verdict.rule === 'hold' && isBlind) return { type: 'Warning', reason: 'SignalsLost', message };
  return { type: 'Normal', reason: reasons[verdict.rule], message };
}

/** `warm for Mon 08:00 Europe/Berlin: 2 replicas, 4m10s early (learned start-up 3m40s)`; undefined where nothing is warmed. */
function describeWarming(policy: Policy, decision: Decision, { calendar, workload }: Snapshot): string | undefined {
  const upcoming = calendar?.upcoming;
  if (!policy.calendar || !upcoming || decision.required < upcoming.floor) return undefined;
  const when = localTime(upcoming.opensAtMs, policy.calendar.timezone);
  const early = formatDuration(Math.max(0, upcoming.opensAtMs - decision.decidedAtMs));
  return `warm for ${when}: ${inReplicas(decision)}, ${early} early${describeStartup(policy, workload)}`;
}

/** What an automatic lead was learned from. */
function describeStartup({ warmLeadMs }: Policy, reading: WorkloadReading): string {
  const startup = reading.state === 'known' && warmLeadMs === 'auto' ? reading.workload.startup : undefined;
  return startup ? ` (learned start-up ${formatDuration(startup.p90Ms)})` : '';
}

/** `Mon 08:00 Europe/Berlin`. */
function localTime(atMs: EpochMs, timezone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timezone);
  const weekday = local.toLocaleString('en', { weekday: 'short' });
  return `${weekday} ${local.toPlainTime().toString({ smallestUnit: 'minute' })} ${timezone}`;
}

function inReplicas({ required, active }: Decision): string {
  const count = wholeReplicas(required);
  if (count === 0 && active) return 'awake';
  return count === 1 ? '1 replica' : `${count} replicas`;
}
