import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/domain/workload.ts';
import { revisionOf, rolloutStart } from '../../../../src/kubernetes/cluster/records/revision.ts';
import { pod } from '../../../support/builders.ts';

/** `a1` is a pod of revision a, created at 1; in brackets when it is terminating. */
function pods(text: string): Pod[] {
  return text.split(' ').map((word) => {
    const [, revision = '', createdAtMs = ''] = /([a-z])(\d+)/.exec(word) ?? [];
    const phase = word.startsWith('(') ? 'terminating' : 'ready';
    return pod({ name: word, phase, revision, createdAtMs: Number(createdAtMs) });
  });
}

describe('rolloutStart', () => {
  it.each([
    ['the first new pod', 'a1 a2 b5 b7', 5],
    ['in whatever order they come', 'b7 a1 b5 a2', 5],
    ['after a rollback, the first pod that brings the old revision back', 'a1 a2 b5 b7 a9', 9],
    ['the newest of three revisions', 'a1 b5 c8 c9', 8],
    ['unknown while there is no new pod', 'a1 a2', undefined],
    ['unknown when the old pods are on their way out', '(a1) (a2) b5', undefined],
  ])('%s: %s', (_case, text, expected) => {
    expect(rolloutStart(pods(text))).toBe(expected);
  });

  it('is unknown without pods, and without the time of their creation', () => {
    expect(rolloutStart([])).toBeUndefined();
    expect(rolloutStart([{ name: 'a', phase: 'ready' }])).toBeUndefined();
  });
});

describe('revisionOf', () => {
  it.each([
    ['a Deployment', { app: 'llama', 'pod-template-hash': 'a' }, 'a'],
    ['an Argo Rollout', { app: 'llama', 'rollouts-pod-template-hash': 'b' }, 'b'],
    ['a StatefulSet', { app: 'llama', 'controller-revision-hash': 'llama-c' }, 'llama-c'],
    ['nobody that marks it', { app: 'llama' }, undefined],
  ])('reads the mark of a pod of %s', (_case, labels, expected) => {
    expect(revisionOf(labels)).toBe(expected);
  });
});
