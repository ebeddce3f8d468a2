import { isInForce } from '../../domain/override.ts';
import type { Workload } from '../../domain/workload.ts';
import type { Snapshot } from '../trigger/snapshot.ts';
import type { Sample, TriggerGauge } from './trigger-gauge.ts';

/** What is known of the workload itself. */
export const workloadGauges: readonly TriggerGauge[] = [
  {
    name: 'pilotlight_override_active',
    help: '1 while an override set by hand counts, else 0; absent while the workload is unknown.',
    labelNames: [],
    samples: (snapshot, nowMs) =>
      ofWorkload(snapshot, ({ override }) => Number(override?.state === 'set' && isInForce(override.override, nowMs))),
    fold: Math.max,
  },
  {
    name: 'pilotlight_override_invalid',
    help: '1 where an override is ignored because it can not be understood, else 0; absent while the workload is unknown.',
    labelNames: [],
    samples: (snapshot) => ofWorkload(snapshot, ({ override }) => Number(override?.state === 'invalid')),
    fold: Math.max,
  },
  {
    name: 'pilotlight_startup_seconds',
    help: 'Time from creation to ready that 9 of 10 pods of the workload kept to; absent while nothing was learned.',
    labelNames: [],
    samples: (snapshot) => ofWorkload(snapshot, ({ startup }) => startup && startup.p90Ms / 1_000),
    fold: Math.max,
  },
];

function ofWorkload(snapshot: Snapshot, valueOf: (workload: Workload) => number | undefined): readonly Sample[] {
  const value = snapshot.workload.state === 'known' ? valueOf(snapshot.workload.workload) : undefined;
  return value === undefined ? [] : [{ labels: {}, value }];
}
