import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPod } from '../../../../src/kubernetes/cluster/records/pod-record.ts';
import { kubePod } from '../../../support/kube-objects.ts';

const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const notReady = { conditions: [{ type: 'Ready', status: 'False' }] };

describe('readPod', () => {
  it('keeps name, phase, node, address, creation and labels, and nothing else', () => {
    expect(readPod(kubePod('llama-0', 'llama'))).toEqual({
      labels: { app: 'llama' },
      pod: {
        name: 'llama-0',
        phase: 'ready',
        node: 'node-a',
        address: '10.0.0.1',
        createdAtMs: Date.parse('2026-11-23T08:00:00Z'),
      },
    });
  });

  it.each([
    ['running and ready', { phase: 'Running', ...ready }, {}, 'ready'],
    ['running and not ready', { phase: 'Running', ...notReady }, {}, 'loading'],
    ['running without conditions', { phase: 'Running', conditions: undefined }, {}, 'loading'],
    ['not started', { phase: 'Pending', ...notReady }, {}, 'pending'],
    ['told to stop', { phase: 'Running', ...ready }, { deletionTimestamp: '2026-11-23T09:00:00Z' }, 'terminating'],
    ['of a phase that is not known', { phase: 'Unknown', ...notReady }, {}, 'pending'],
  ])('finds a pod that is %s', (_case, status, metadata, phase) => {
    expect(readPod(kubePod('a', 'llama', { metadata, status }))?.pod.phase).toBe(phase);
  });

  it('tells since when a pod that was ready is not any more', () => {
    const lost = { type: 'Ready', status: 'False', lastTransitionTime: '2026-11-23T12:00:00Z' };
    const record = readPod(kubePod('a', 'llama', { status: { phase: 'Running', conditions: [lost] } }));
    expect(record?.pod).toMatchObject({ phase: 'loading', notReadySinceMs: Date.parse('2026-11-23T12:00:00Z') });
  });

  it('tells since when a ready pod is ready, and of which revision it is', () => {
    const status = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-23T08:03:40Z' }] };
    const metadata = { labels: { app: 'llama', 'pod-template-hash': '5d9c' } };
    const record = readPod(kubePod('a', 'llama', { metadata, status }));

    expect(record?.pod).toMatchObject({ readySinceMs: Date.parse('2026-11-23T08:03:40Z'), revision: '5d9c' });
    expect(record?.pod).not.toHaveProperty('notReadySinceMs');
  });

  it('does not take a terminating pod for one that has been ready since', () => {
    const status = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-11-23T08:03:40Z' }] };
    const metadata = { deletionTimestamp: '2026-11-23T09:00:00Z' };

    expect(readPod(kubePod('a', 'llama', { metadata, status }))?.pod).not.toHaveProperty('readySinceMs');
  });

  it.each([
    ['a ReplicaSet keeps', [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'llama-5d9c', controller: true }], true],
    ['a StatefulSet keeps', [{ kind: 'StatefulSet', controller: true }], undefined],
    ['a ReplicaSet owns but does not control', [{ kind: 'ReplicaSet' }], undefined],
    ['nobody keeps', undefined, undefined],
    ['has owners that are none', ['llama'], undefined],
  ])('tells of a pod that %s whether deletion costs count', (_, ownerReferences, expected) => {
    expect(readPod(kubePod('a', 'llama', { metadata: { ownerReferences } }))?.pod.ofReplicaSet).toBe(expected);
  });

  it.each([
    ['of ours', '-2', '-2 2026-11-23T09:00:00Z', { cost: -2, setBy: 'us' }],
    ['that somebody set', '100', undefined, { cost: 100, setBy: 'others' }],
    ['that somebody set over ours', '100', '-2 2026-11-23T09:00:00Z', { cost: 100, setBy: 'others' }],
    ['that is no int32, which counts as 0', '99999999999', undefined, { cost: 0, setBy: 'others' }],
    ['that is no number', 'cheap', undefined, { cost: 0, setBy: 'others' }],
    ['that was taken away', undefined, '-2 2026-11-23T09:00:00Z', undefined],
    ['of another type', 5, 6, undefined],
  ])('reads a deletion cost %s', (_, cost, mark, expected) => {
    const annotations = { 'controller.kubernetes.io/pod-deletion-cost': cost, 'pilotlight.io/deletion-cost': mark };
    expect(readPod(kubePod('a', 'llama', { metadata: { annotations } }))?.pod.deletionCost).toEqual(expected);
  });

  it('leaves absent what a pod does not have yet', () => {
    const object = { metadata: { name: 'a', creationTimestamp: 'soon' } };

    expect(readPod(object)).toEqual({ labels: {}, pod: { name: 'a', phase: 'pending' } });
  });

  it.each(['Succeeded', 'Failed'])('leaves out a pod that has %s', (phase) => {
    expect(readPod(kubePod('a', 'llama', { status: { phase } }))).toBeUndefined();
  });

  it('is not upset by anything', () => {
    fc.assert(fc.property(fc.anything(), (object) => void readPod(object)));
  });
});
