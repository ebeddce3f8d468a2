import { podActivities } from '../../decision/removal/pod-activity.ts';
import type { PodActivities } from '../../decision/removal/pod-activity.ts';
import type { CalendarState } from '../../domain/calendar.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Reading } from '../../domain/reading.ts';
import { signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import { readyPods } from '../../domain/workload.ts';
import type { Pod, Workload } from '../../domain/workload.ts';
import type { Endpoint } from '../trigger/endpoint.ts';
import type { Snapshot } from '../trigger/snapshot.ts';
import { reportOverride } from './override-report.ts';

/**
 * What the HTTP interface says of a trigger in its list. The trigger's metadata are not part of it: KEDA fills some of
 * them from the workload's environment, so they may hold secrets.
 */
export function reportDecision(endpoint: Endpoint, nowMs: EpochMs): object {
  const { namespace, name } = endpoint.ref;
  const snapshot = endpoint.snapshot();
  if (!snapshot) return { namespace, name, state: 'undecided', reason: 'its signals have not been read yet' };
  const { verdict, workload } = snapshot;
  const known = workload.state === 'known' ? workload.workload : undefined;
  const override = known?.override;
  const facts = verdict.state === 'decided' ? decisionFacts(verdict) : { state: verdict.state, reason: verdict.reason };
  const decidedAt = isoTime(verdict.decidedAtMs);
  return {
    namespace,
    name,
    ...facts,
    decidedAt,
    ...(known && { workload: reportReplicas(known) }),
    ...(override && { override: reportOverride(override, nowMs) }),
  };
}

function decisionFacts({ state, required, emitted, emittedBecause, active, rule, why, bids }: Decision): object {
  const hold = bids.find((bid) => bid.rule === 'hold');
  const because = emittedBecause !== undefined && { emittedBecause };
  return { state, required, emitted, ...because, active, rule, why, ...(hold && { hold: hold.why }) };
}

function reportReplicas(workload: Workload): object {
  const { target, replicas } = workload;
  return { target, replicas, readyReplicas: readyPods(workload).length };
}

/** All that the decision of a trigger rests on. Times are ISO 8601, values in their signal's unit. */
export function reportDetails(endpoint: Endpoint, nowMs: EpochMs): object {
  const snapshot = endpoint.snapshot();
  const readings = [...(snapshot?.readings ?? [])];
  return {
    ...reportDecision(endpoint, nowMs),
    bids: snapshot?.verdict.state === 'decided' ? snapshot.verdict.bids : [],
    signals: readings.map(([signal, reading]) => reportSignal(endpoint, signal, reading, nowMs)),
    ...(snapshot?.quiet && { quiet: reportQuiet(snapshot.quiet) }),
    ...(snapshot?.calendar && { calendar: reportCalendar(endpoint, snapshot.calendar) }),
    ...(snapshot && { workload: reportWorkload(snapshot) }),
    warnings: endpoint.policy.warnings,
  };
}

function reportSignal(endpoint: Endpoint, signal: SignalName, reading: Reading, nowMs: EpochMs): object {
  const target = endpoint.policy.signals.find((plan) => plan.signal === signal)?.target;
  const { observedAtMs, ...facts } = reading;
  return {
    signal,
    unit: signals[signal].unit,
    ...(target !== undefined && { target }),
    ...facts,
    // The pods themselves tell their parts.
    byPod: undefined,
    ageSeconds: (nowMs - observedAtMs) / 1_000,
  };
}

function reportQuiet({ sinceMs, ...quiet }: { quiet: boolean; because: string; sinceMs?: EpochMs }): object {
  return { ...quiet, ...(sinceMs !== undefined && { since: isoTime(sinceMs) }) };
}

function reportCalendar(endpoint: Endpoint, { sinceMs, nextEdgeMs, upcoming, ...state }: CalendarState): object {
  return {
    timezone: endpoint.policy.calendar?.timezone,
    ...state,
    ...(sinceMs !== undefined && { since: isoTime(sinceMs) }),
    ...(nextEdgeMs !== undefined && { nextEdge: isoTime(nextEdgeMs) }),
    ...(upcoming && {
      upcoming: { floor: upcoming.floor, because: upcoming.because, opensAt: isoTime(upcoming.opensAtMs) },
    }),
  };
}

function reportWorkload({ workload: reading, readings }: Snapshot): object {
  if (reading.state === 'unknown') return { state: reading.state, reason: reading.reason };
  const activities = podActivities([readings]);
  const { minReplicas, maxReplicas, hpa, pods, rolloutSinceMs, startup } = reading.workload;
  return {
    state: reading.state,
    ...reportReplicas(reading.workload),
    ...(minReplicas !== undefined && { minReplicas }),
    ...(maxReplicas !== undefined && { maxReplicas }),
    ...(hpa && { hpa }),
    ...(startup && { startupSeconds: startup.p90Ms / 1_000 }),
    ...(rolloutSinceMs !== undefined && { rolloutSince: isoTime(rolloutSinceMs) }),
    pods: pods.map((pod) => reportPod(pod, activities)),
  };
}

function reportPod({ name, phase, node, deletionCost }: Pod, activities: PodActivities): object {
  const facts = { name, phase, ...(node !== undefined && { node }), ...activities.of(name) };
  return deletionCost ? { ...facts, deletionCost } : facts;
}

function isoTime(timeMs: EpochMs): string {
  return new Date(timeMs).toISOString();
}
