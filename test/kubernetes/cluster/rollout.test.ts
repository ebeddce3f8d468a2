import { describe, expect, it } from 'vitest';
import type { PodRecord } from '../../../src/kubernetes/cluster/pod-record.ts';
import { rolloutStart } from '../../../src/kubernetes/cluster/rollout.ts';
import { pod } from '../../support/builders.ts';

/** `a1` is a pod of revision a, created at 1; in brackets when it is terminating. */
function pods(text: string): PodRecord[] {
  return text.split(' ').map((word) => {
    const [, revision = '', createdAtMs = ''] = /([a-z])(\d+)/.exec(word) ?? [];
    const phase = word.startsWith('(') ? 'terminating' : 'ready';
    return {
      labels: { 'pod-template-hash': revision },
      pod: pod({ name: word, phase, createdAtMs: Number(createdAtMs) }),
    };
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
    expect(rolloutStart([{ labels: {}, pod: { name: 'a', phase: 'ready' } }])).toBeUndefined();
  });
});
