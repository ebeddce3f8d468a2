import { describe, expect, it } from 'vitest';
import { InvalidWorkloadFile, readWorkloadFile } from '../../src/kubernetes/workload-file.ts';

const entry = '{ namespace: a, name: b, target: Deployment/b, replicas: 1 }';

describe('readWorkloadFile', () => {
  it('reads all that a workload can have', () => {
    const text = `
workloads:
  - namespace: inference
    name: llama
    target: Deployment/llama
    replicas: 2
    minReplicas: 0
    maxReplicas: 4
    rolloutSince: 2026-11-23T09:00:00+01:00
    hpa: { minReplicas: 1, maxReplicas: 4, scaleUpTolerance: 0 }
    pods:
      - { name: llama-0, phase: ready, node: node-a, address: "10.0.0.7:8000", createdAt: 2026-11-23T08:00:00Z }
      - { name: llama-1, phase: ready, readySince: 2026-11-23T08:00:00Z, revision: a }
      - { name: llama-2, phase: pending }`;
    const createdAtMs = Date.parse('2026-11-23T08:00:00Z');

    expect(readWorkloadFile('w.yaml', text)).toEqual([
      {
        ref: { namespace: 'inference', name: 'llama' },
        target: 'Deployment/llama',
        replicas: 2,
        minReplicas: 0,
        maxReplicas: 4,
        rolloutSinceMs: Date.parse('2026-11-23T08:00:00Z'),
        hpa: { minReplicas: 1, maxReplicas: 4, scaleUpTolerance: 0 },
        pods: [
          { name: 'llama-0', phase: 'ready', node: 'node-a', address: '10.0.0.7:8000', createdAtMs },
          { name: 'llama-1', phase: 'ready', readySinceMs: createdAtMs, revision: 'a' },
          { name: 'llama-2', phase: 'pending' },
        ],
      },
    ]);
  });

  it('reads JSON too', () => {
    const text = '{"workloads":[{"namespace":"a","name":"b","target":"Deployment/b","replicas":1}]}';

    expect(readWorkloadFile('w.json', text)).toEqual([
      { ref: { namespace: 'a', name: 'b' }, target: 'Deployment/b', replicas: 1, pods: [] },
    ]);
  });

  it.each([
    ['', 'w.yaml: the file: must hold a list called "workloads"'],
    ['workloads', 'w.yaml: the file: must hold a list called "workloads", not "workloads"'],
    [
      'pods: []',
      'w.yaml: workloads: Invalid input: expected array, received undefined; the file: Unrecognized key: "pods"',
    ],
    [
      'workloads: [{ namespace: a, name: b, target: t, replicas: -1 }]',
      'w.yaml: workloads[0].replicas: Too small: expected number to be >=0, not -1',
    ],
    [
      'workloads: [{ namespace: a, name: b, target: t, replicas: 1, pods: [{ name: p, phase: warm }] }]',
      'w.yaml: workloads[0].pods[0].phase: Invalid option: expected one of "ready"|"loading"|"pending"|"terminating", not "warm"',
    ],
    [
      'workloads: [{ namespace: a, name: b, target: t, replicas: 1, pods: [{ name: p, phase: ready, createdAt: today }] }]',
      'w.yaml: workloads[0].pods[0].createdAt: Invalid ISO datetime, not "today"',
    ],
    [
      'workloads: [{ namespace: a, name: b, target: t, replicas: 1, minReplicas: 3, maxReplicas: 2 }]',
      'w.yaml: workloads[0].minReplicas: is above maxReplicas',
    ],
    [`workloads: [${entry}, ${entry}]`, 'w.yaml: workloads[1]: a/b is there twice'],
    [
      'workloads: [{ namespace: a',
      'w.yaml: Flow map in block collection must be sufficiently indented and end with a } at line 1, column 27',
    ],
  ])('says where %j is wrong', (text, message) => {
    expect(() => readWorkloadFile('w.yaml', text)).toThrow(new InvalidWorkloadFile(message));
  });

  it('cuts long values short', () => {
    const text = `workloads: [{ namespace: a, name: b, target: t, replicas: "${'9'.repeat(500)}" }]`;

    expect(() => readWorkloadFile('w.yaml', text)).toThrow(/received string, not "9{79}$/);
  });
});
