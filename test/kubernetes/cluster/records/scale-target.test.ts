import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeployment, readScale, readStatefulSet } from '../../../../src/kubernetes/cluster/records/scale-target.ts';
import { deployment, statefulSet } from '../../../support/kube-objects.ts';

const selector = [{ key: 'app', operator: 'in', values: ['llama'] }];
const conditions = [
  { type: 'Available', status: 'True', lastUpdateTime: '2026-11-01T00:00:00Z' },
  { type: 'Progressing', status: 'True', lastUpdateTime: '2026-11-23T08:00:00Z' },
];

describe('readDeployment', () => {
  it('reads replicas and selector', () => {
    expect(readDeployment(deployment('llama', 3))).toEqual({ replicas: 3, selector, rollout: { state: 'none' } });
  });

  it('takes one replica for none named, as the API does', () => {
    expect(readDeployment(deployment('llama', 3, { spec: { replicas: undefined } }))?.replicas).toBe(1);
  });

  it.each([
    ['settled', { replicas: 3, updatedReplicas: 3 }, {}, false],
    ['scaled out, its pods not made yet', { replicas: 1, updatedReplicas: 1 }, {}, false],
    ['scaled in, its pods not gone yet', { replicas: 5, updatedReplicas: 5 }, {}, false],
    ['at zero', { replicas: 0, updatedReplicas: 0 }, {}, false],
    ['new, without a status', { replicas: undefined, updatedReplicas: undefined }, {}, false],
    ['changed, with no new pod yet', { replicas: 3, updatedReplicas: 0 }, {}, true],
    ['changed, with some new pods', { replicas: 4, updatedReplicas: 2 }, {}, true],
    ['paused between two revisions', { replicas: 4, updatedReplicas: 2 }, { paused: true }, false],
    ['recreated, its old pods gone', { replicas: 0, updatedReplicas: 0 }, { strategy: { type: 'Recreate' } }, true],
  ])('tells whether a Deployment is rolling out: %s', (_case, counts, spec, expected) => {
    const target = readDeployment(deployment('llama', 3, { spec, status: { ...counts, conditions } }));

    expect(target?.rollout).toEqual(
      expected ? { state: 'under way', progressedAtMs: Date.parse('2026-11-23T08:00:00Z') } : { state: 'none' },
    );
  });

  it('knows a rollout without knowing when it got on', () => {
    expect(readDeployment(deployment('llama', 3, { status: { updatedReplicas: 0 } }))?.rollout).toEqual({
      state: 'under way',
    });
  });
});

describe('readStatefulSet', () => {
  it('reads replicas and selector', () => {
    expect(readStatefulSet(statefulSet('llama', 2))).toEqual({ replicas: 2, selector, rollout: { state: 'none' } });
  });

  it.each([
    ['of one revision', { currentRevision: 'a', updateRevision: 'a', updatedReplicas: 0 }, {}, 'none'],
    ['on its way', { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 1 }, {}, 'under way'],
    [
      'through, its controller about to say so',
      { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 2 },
      {},
      'none',
    ],
    [
      'as far as its partition lets it',
      { currentRevision: 'a', updateRevision: 'b', updatedReplicas: 1 },
      { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      'none',
    ],
    [
      'left to whoever deletes its pods',
      { currentRevision: 'a', updateRevision: 'b' },
      { updateStrategy: { type: 'OnDelete' } },
      'none',
    ],
  ])('tells whether a StatefulSet is rolling out: %s', (_case, status, spec, state) => {
    expect(readStatefulSet(statefulSet('llama', 2, { spec, status }))?.rollout).toEqual({ state });
  });
});

describe('readScale', () => {
  it.each([
    [
      { spec: { replicas: 2 }, status: { selector: 'app=llama' } },
      { replicas: 2, selector },
    ],
    [
      { spec: {}, status: { replicas: 0, selector: 'app=llama' } },
      { replicas: 0, selector },
    ],
    [
      { spec: { replicas: 2 }, status: { selector: '' } },
      { replicas: 2, selector: undefined },
    ],
    [{ spec: { replicas: 2 } }, { replicas: 2, selector: undefined }],
    [
      { spec: { replicas: 2 }, status: { selector: 'app~llama' } },
      { replicas: 2, selector: undefined },
    ],
    [{ spec: { replicas: 'two' } }, undefined],
  ])('%j', (object, expected) => {
    expect(readScale({ kind: 'Scale', ...object })).toEqual(expected && { ...expected, rollout: { state: 'untold' } });
  });

  it.each([
    {},
    { kind: 'Scale' },
    { kind: 'Scale', spec: null },
    { spec: { replicas: 2 } },
    { kind: 'Status', spec: {}, status: 'Failure' },
    { kind: 'Deployment', spec: { selector: {} } },
  ])('takes %j for no Scale, rather than for one at zero', (object) => {
    expect(readScale(object)).toBeUndefined();
  });
});

it('reads nothing from what is no such object', () => {
  fc.assert(
    fc.property(fc.anything(), (object) => {
      expect(readDeployment(object)).toBeUndefined();
      expect(readStatefulSet(object)).toBeUndefined();
      expect(readScale(object)).toBeUndefined();
    }),
  );
});
