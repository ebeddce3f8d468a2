import type { Policy } from '../../src/domain/policy.ts';
import type { FreshReading } from '../../src/domain/reading.ts';
import type { Pod, Workload } from '../../src/domain/workload.ts';

/** A workload with `replicas` ready pods on one node, unless told otherwise. */
export function workload(overrides: Partial<Workload> = {}): Workload {
  const replicas = overrides.replicas ?? 1;
  return {
    ref: { namespace: 'inference', name: 'llama' },
    target: 'Deployment/llama',
    replicas,
    pods: Array.from({ length: replicas }, (_, index) => pod({ name: `llama-${index}` })),
    ...overrides,
  };
}

export function pod(overrides: Partial<Pod> = {}): Pod {
  return { name: 'llama-0', phase: 'ready', node: 'node-a', address: '10.0.0.1', createdAtMs: 0, ...overrides };
}

export function fresh(value: number, overrides: Partial<FreshReading> = {}): FreshReading {
  return { state: 'fresh', value, source: 'test', observedAtMs: 0, coverage: { heard: 1, expected: 1 }, ...overrides };
}

/** A policy with the documented defaults and no signals. */
export function policy(overrides: Partial<Policy> = {}): Policy {
  return {
    offHours: 'on-demand',
    warmLeadMs: 'auto',
    drainTimeoutMs: 600_000,
    idleAfterMs: 120_000,
    startupTimeoutMs: 1_800_000,
    queueActivation: 0,
    onSignalLoss: 'hold',
    signals: [],
    steps: [],
    warnings: [],
    ...overrides,
  };
}
