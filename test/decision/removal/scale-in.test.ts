import { describe, expect, it } from 'vitest';
import { replicasToRemove } from '../../../src/decision/removal/scale-in.ts';
import type { Verdict } from '../../../src/domain/decision.ts';
import type { Workload } from '../../../src/domain/workload.ts';
import { workload } from '../../support/builders.ts';

function decided(emitted: number): Verdict {
  return { state: 'decided', required: emitted, emitted, active: true, rule: 'load', why: '', bids: [], decidedAtMs: 0 };
} // prettier-ignore
const undecided: Verdict = { state: 'undecided', reason: 'blind', decidedAtMs: 0 };
const exact = { minReplicas: 1, maxReplicas: 50, scaleDownTolerance: 0 };

describe('the replicas that a scale-in takes away', () => {
  it.each<[string, Verdict[], Partial<Workload>, number]>([
    ['those above what is needed, rounded up', [decided(2.1)], { replicas: 5 }, 2],
    ['none where more are needed', [decided(7)], { replicas: 5 }, 0],
    ['none where as many are needed', [decided(5)], { replicas: 5 }, 0],
    ['none within the tolerance, for the HPA does nothing', [decided(19)], { replicas: 20 }, 0],
    ['those within it where the HPA tolerates nothing', [decided(19)], { replicas: 20, hpa: exact }, 1],
    ['those above the trigger that needs most', [decided(1), decided(4)], { replicas: 5 }, 1],
    ['none while a trigger is undecided', [decided(1), undecided], { replicas: 5 }, 0],
    ['none without a decision', [], { replicas: 5 }, 0],
    ["all but the HPA's least", [decided(0)], { replicas: 5, hpa: { ...exact, minReplicas: 3 } }, 2],
    ['all but one, the rest being for KEDA to end', [decided(0)], { replicas: 5, minReplicas: 0 }, 4],
    ['none at zero', [decided(0)], { replicas: 0 }, 0],
  ])('are %s', (_, verdicts, overrides, expected) => {
    expect(replicasToRemove(verdicts, workload({ pods: [], ...overrides }))).toBe(expected);
  });

  it("go by the cluster's tolerance where the HPA names none", () => {
    expect(replicasToRemove([decided(19)], workload({ replicas: 20 }), 0.01)).toBe(1);
  });
});
