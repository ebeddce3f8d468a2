import { describe, expect, it } from 'vitest';
import type { Pod, PodPhase } from '../../../../src/domain/workload.ts';
import { StartupLearner } from '../../../../src/kubernetes/cluster/startup/learner.ts';

const createdAtMs = Date.parse('2026-11-23T08:00:00Z');
const laterMs = createdAtMs + 3_600_000;

function pod(phase: PodPhase, tookSeconds = 220, name = 'llama-0'): Pod {
  const ready = phase === 'ready' && { readySinceMs: createdAtMs + tookSeconds * 1_000 };
  return { name, phase, createdAtMs, revision: '6d4f', ...ready };
}

/** What is learned from looking at these pods, one look after the other. */
function learned(...looks: readonly (readonly Pod[])[]): number | undefined {
  const learner = new StartupLearner();
  for (const pods of looks) learner.note(pods);
  return learner.startup?.p90Ms;
}

describe('StartupLearner', () => {
  it.each<[string, number | undefined, ...(readonly Pod[])[]]>([
    ['a pod that was pending at the first look', 220_000, [pod('pending')], [pod('loading')], [pod('ready')]],
    ['a pod that came later, even if it is ready when seen first', 220_000, [], [pod('ready')]],
    ['a pod that was loading at the first look: it may have been ready before', undefined, [pod('loading')], [pod('ready')]], // prettier-ignore
    ['a pod that was ready at the first look', undefined, [pod('ready')], [pod('ready')]],
    ['a pod that loses readiness and regains it: the first time counts', 220_000, [], [pod('loading')], [pod('ready')], [pod('loading')], [pod('ready', 9_00)]], // prettier-ignore
    ['a pod that never gets ready', undefined, [], [pod('loading')], [pod('terminating')], []],
    ['a pod that waited for capacity for over an hour', undefined, [], [pod('pending')], [pod('ready', 3_601)]],
    ['a pod whose clock went backwards', undefined, [], [pod('ready', -5)]],
    ['a pod of which it can not be told since when it is ready', undefined, [], [{ name: 'llama-0', phase: 'ready', createdAtMs }]], // prettier-ignore
    ['a pod that takes the place of one of its name, as in StatefulSets', 300_000, [], [pod('ready')], [{ ...pod('loading'), createdAtMs: laterMs }], [{ ...pod('ready'), createdAtMs: laterMs, readySinceMs: laterMs + 300_000 }]], // prettier-ignore
  ])('learns from %s', (_case, expected, ...looks) => {
    expect(learned(...looks)).toBe(expected);
  });

  it('goes on from an annotation, and adds to it', () => {
    const before = new StartupLearner();
    before.note([]);
    before.note([pod('ready', 100, 'llama-a'), pod('ready', 100, 'llama-b')]);

    const after = new StartupLearner();
    after.adopt(before.annotation);
    expect(after.startup).toEqual({ p90Ms: 100_000, pods: 2 });
    after.note([]);
    after.note([pod('ready', 400, 'llama-c')]);
    expect(after.startup).toEqual({ p90Ms: 400_000, pods: 3 });

    before.adopt(after.annotation);
    expect(before.annotation).toBe(after.annotation);
  });

  it('has nothing to keep while nothing was learned', () => {
    expect(new StartupLearner().annotation).toBeUndefined();
  });
});
