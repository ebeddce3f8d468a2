import { describe, expect, it } from 'vitest';
import type { SignalOrigin } from '../../../src/domain/policy.ts';
import { signalNames } from '../../../src/domain/signal.ts';
import type { SignalName } from '../../../src/domain/signal.ts';
import { DeploymentModel } from '../../../src/simulator/deployment.ts';
import { SimulatedSignals } from '../../../src/simulator/replay/simulated-signals.ts';
import { RequestModel } from '../../../src/simulator/requests.ts';

const connection: SignalOrigin = { kind: 'connection', connection: 'gateway' };
const vllm: SignalOrigin = { kind: 'engine', engine: 'vllm', port: 8000, path: '/metrics' };
const stepMs = 5_000;

/** Two pods of 4 slots each, in which a request takes 10 s; 120 requests a minute arrive. */
function play(replicas: number, steps: number, origin: SignalOrigin): Partial<Record<SignalName, unknown>> {
  const gpus = [0, 1].map((index) => ({ node: 'a', index, uuid: `GPU-${index}` }));
  const deployment = new DeploymentModel({ name: 'llama', gpus, startupMs: 0 });
  const requests = new RequestModel({ slotsPerPod: 4, serviceMs: 10_000 });
  const signals = new SimulatedSignals({ requests, deployment, slotsPerPod: 4, serviceMs: 10_000 });
  const plans = signalNames.map((signal) => ({ signal, origin, required: true }));
  deployment.scaleTo(replicas, 0);
  for (let look = 0; look < 2; look += 1) deployment.advance(0);
  let read = signals.read(plans, 0);
  for (let step = 1; step <= steps; step += 1) {
    requests.advance(step * stepMs, stepMs, 120, deployment.pods);
    read = signals.read(plans, step * stepMs);
  }
  return Object.fromEntries([...read].map(([signal, one]) => [signal, one.state === 'fresh' ? one.value : one.state]));
}

describe('simulated signals', () => {
  it('are seen from outside at zero replicas, and not in pods that there are not', () => {
    expect(play(0, 2, connection)).toMatchObject({ queue: 20, running: 0, concurrency: 20, requestRate: 2 });
    expect(new Set(Object.values(play(0, 2, vllm)))).toEqual(new Set(['absent']));
  });

  it('tell what pods do: sums over pods, rates of completions, shares of slots, and latencies once requests ended', () => {
    expect(play(2, 1, vllm)).toMatchObject({ queue: 2, running: 8, concurrency: 10, kvCache: 2, gpuUtilization: 2, gpuMemory: 1.8, latencyP99: 'absent' }); // prettier-ignore
    // In 25 s 50 have arrived, and 8 began at 5 s, 15 s and 25 s each; those of 15 s have waited for up to 10 s.
    const later = play(2, 5, vllm);
    expect(later).toMatchObject({ queue: 26, running: 8, requestRate: 16 / 25, tokenRate: 240 });
    expect(later).toMatchObject({ latencyP50: 10, latencyP99: 20, ttftP99: 10 });
  });
});
