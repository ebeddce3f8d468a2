import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/decision/decide.ts';
import type { Policy } from '../../../src/domain/policy.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { StepWatch } from '../../../src/decision/steps/step-watch.ts';
import { DeploymentModel } from '../../../src/simulator/deployment.ts';
import { syncHpa } from '../../../src/simulator/hpa.ts';
import type { HpaSpec } from '../../../src/simulator/hpa.ts';
import { freshHpa } from '../../../src/simulator/hpa-behavior.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { plan, readings } from '../../support/decision-context.ts';
import { stepsOf } from '../../support/steps.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const startupMs = 4 * minuteMs;
const lookMs = 5 * secondMs;
const hpaSyncMs = 15 * secondMs;
const hpa: HpaSpec = { minReplicas: 1, maxReplicas: 20, target: { type: 'AverageValue', value: 1 } };

interface Change {
  readonly atMs: number;
  readonly replicas: number;
}

/**
 * Plays a Deployment whose pods load for 4 minutes, the HPA, and a decision every 5 seconds.
 * @param workOf GPUs that the work would keep busy altogether, at a time
 */
function play(given: Policy, lengthMs: number, workOf: (atMs: number) => number): Change[] {
  const gpus = Array.from({ length: 20 }, (_, index) => ({ node: 'a', index, uuid: `GPU-${index}` }));
  const deployment = new DeploymentModel({ name: 'llama', gpus, startupMs });
  const watch = new StepWatch(given, 45 * secondMs);
  const changes: Change[] = [];
  let hpaState = freshHpa;
  deployment.scaleTo(1, -startupMs);
  for (let nowMs = 0; nowMs < lengthMs; nowMs += lookMs) {
    deployment.advance(nowMs);
    const required = decideNow(given, watch, deployment, { nowMs, work: workOf(nowMs) });
    if (nowMs % hpaSyncMs !== 0) continue;
    const { replicas } = deployment;
    const outcome = syncHpa(hpa, hpaState, { nowMs, replicas, readyReplicas: deployment.count('ready'), values: [required] }); // prettier-ignore
    hpaState = outcome.state;
    if (outcome.replicas === replicas) continue;
    deployment.scaleTo(outcome.replicas, nowMs);
    changes.push({ atMs: nowMs, replicas: outcome.replicas });
  }
  return changes;
}

function decideNow(
  given: Policy,
  watch: StepWatch,
  deployment: DeploymentModel,
  now: { nowMs: number; work: number },
): number {
  // prettier-ignore
  const ready = deployment.count('ready');
  const pods: Workload['pods'] = deployment.pods.map(({ name, phase, createdAtMs }) => ({ name, phase, createdAtMs }));
  const busy = fresh(Math.min(ready, now.work), { coverage: { heard: ready, expected: ready } });
  const moment = {
    nowMs: now.nowMs,
    workload: workload({ replicas: deployment.replicas, pods }),
    readings: readings(ready === 0 ? {} : { gpuUtilization: busy }),
  };
  const verdict = decide(given, { ...moment, stepWindows: watch.note(moment) });
  if (verdict.state !== 'decided') throw new Error(verdict.reason);
  return verdict.required;
}

const given = policy({
  steps: stepsOf('gpuUtilization > 70 for 2m: +1; gpuUtilization < 30 for 10m: -1'),
  signals: [plan('gpuUtilization')],
});

describe('steps alone, against a model of the HPA', () => {
  it('add one replica at a time, each once the one before it is ready and the window has passed again', () => {
    const changes = play(given, 60 * minuteMs, () => 3.4);
    // 3.4 GPUs' work is 85 % of four and 68 % of five.
    expect(changes.map(({ replicas }) => replicas)).toEqual([2, 3, 4, 5]);
    const gapsMs = changes.slice(1).map(({ atMs }, index) => atMs - (changes[index]?.atMs ?? 0));
    for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThanOrEqual(startupMs + 2 * minuteMs);
    for (const gapMs of gapsMs) expect(gapMs).toBeLessThanOrEqual(startupMs + 3 * minuteMs);
  });

  it('remove one at a time once all are calm, with a whole window between, and stay where that ends', () => {
    const changes = play(given, 180 * minuteMs, (atMs) => (atMs < 40 * minuteMs ? 3.4 : 0.5));
    expect(changes.map(({ replicas }) => replicas)).toEqual([2, 3, 4, 5, 4, 3, 2, 1]);
    const removals = changes.filter(({ atMs }) => atMs >= 40 * minuteMs);
    const gapsMs = removals.slice(1).map(({ atMs }, index) => atMs - (removals[index]?.atMs ?? 0));
    for (const gapMs of gapsMs) expect(gapMs).toBeGreaterThanOrEqual(10 * minuteMs);
  });

  it('do not flap where the load stays between the two', () => {
    const changes = play(given, 180 * minuteMs, (atMs) => 1.1 + 0.25 * Math.sin(atMs / minuteMs));
    expect(changes.map(({ replicas }) => replicas)).toEqual([2]);
  });
});
