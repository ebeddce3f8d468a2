import { ruleNames } from '../../domain/decision.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Reading } from '../../domain/reading.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Snapshot } from '../trigger/snapshot.ts';
import type { Sample, TriggerGauge } from './trigger-gauge.ts';
import { workloadGauges } from './workload-gauges.ts';

/** Names and labels are an interface: dashboards and alerts are written against them. */
export const triggerGauges: readonly TriggerGauge[] = [
  {
    name: 'pilotlight_required_replicas',
    help: 'Replicas that the workload needs now; absent while there is no decision.',
    labelNames: [],
    samples: (snapshot) => ifDecided(snapshot, ({ required }) => [{ labels: {}, value: required }]),
    fold: Math.max,
  },
  {
    name: 'pilotlight_emitted_replicas',
    help: 'Replicas that the HPA is told: those required, or what its tolerance makes of them; absent while there is no decision.',
    labelNames: [],
    samples: (snapshot) => ifDecided(snapshot, ({ emitted }) => [{ labels: {}, value: emitted }]),
    fold: Math.max,
  },
  {
    name: 'pilotlight_active',
    help: '1 when the workload must not be at zero, 0 when it may be; absent while there is no decision.',
    labelNames: [],
    samples: (snapshot) => ifDecided(snapshot, ({ active }) => [{ labels: {}, value: Number(active) }]),
    fold: Math.max,
  },
  {
    name: 'pilotlight_bid_replicas',
    help: 'Replicas that a rule asks for (closed and ceiling: allows at most).',
    labelNames: ['rule'],
    samples: (snapshot) => ifDecided(snapshot, bidSamples),
    fold: Math.max,
  },
  {
    name: 'pilotlight_hold_active',
    help: '1 while a hold keeps the replicas from being lowered.',
    labelNames: [],
    samples: (snapshot) =>
      ifDecided(snapshot, ({ bids }) => [{ labels: {}, value: Number(bids.some(({ rule }) => rule === 'hold')) }]),
    fold: Math.max,
  },
  {
    name: 'pilotlight_signal_value',
    help: 'Value of a signal in its own unit, over all pods: their sum, of latencies the worst; absent unless it describes now.',
    labelNames: ['signal'],
    samples: (snapshot) =>
      signalSamples(snapshot, (reading) => (reading.state === 'fresh' ? reading.value : undefined)),
    fold: Math.max,
  },
  {
    name: 'pilotlight_signal_age_seconds',
    help: 'Time since the reading of a signal was true, or since it was last asked for where there is none.',
    labelNames: ['signal'],
    samples: (snapshot, nowMs) => signalSamples(snapshot, (reading) => (nowMs - reading.observedAtMs) / 1_000),
    fold: Math.max,
  },
  {
    name: 'pilotlight_signal_coverage_ratio',
    help: 'Pods or series that were heard, of those that should have been; absent while none is expected.',
    labelNames: ['signal'],
    samples: (snapshot) =>
      signalSamples(snapshot, ({ coverage }) =>
        coverage.expected > 0 ? coverage.heard / coverage.expected : undefined,
      ),
    fold: Math.min,
  },
  ...workloadGauges,
];

function ifDecided(snapshot: Snapshot, samples: (decision: Decision) => readonly Sample[]): readonly Sample[] {
  return snapshot.verdict.state === 'decided' ? samples(snapshot.verdict) : [];
}

/** One sample for each rule that names a number; a rule with several bids is shown by the one that binds. */
function bidSamples({ bids }: Decision): readonly Sample[] {
  return ruleNames.flatMap((rule) => {
    const own = bids.filter((bid) => bid.rule === rule);
    const floors = own.flatMap(({ atLeast }) => (atLeast === undefined ? [] : [atLeast]));
    const ceilings = own.flatMap(({ atMost }) => (atMost === undefined ? [] : [atMost]));
    if (floors.length > 0) return [{ labels: { rule }, value: Math.max(...floors) }];
    return ceilings.length > 0 ? [{ labels: { rule }, value: Math.min(...ceilings) }] : [];
  });
}

function signalSamples(snapshot: Snapshot, valueOf: (reading: Reading) => number | undefined): readonly Sample[] {
  return [...snapshot.readings].flatMap(([signal, reading]: [SignalName, Reading]) => {
    const value = valueOf(reading);
    return value === undefined ? [] : [{ labels: { signal }, value }];
  });
}
