import { describe, expect, it, onTestFinished } from 'vitest';
import { checkText } from '../src/cli/validate/validate.ts';
import { decide } from '../src/decision/decide.ts';
import { quietness } from '../src/decision/quiet.ts';
import { engineDefinition } from '../src/domain/engine.ts';
import type { EngineName } from '../src/domain/engine.ts';
import type { SignalName } from '../src/domain/signal.ts';
import { InvalidMetadataError } from '../src/policy/invalid-metadata.ts';
import { parseTriggerMetadata } from '../src/policy/trigger-metadata.ts';
import type { Connection } from '../src/signals/connections/connections.ts';
import { createEnginePodsSource } from '../src/signals/engines/engine-pods.ts';
import type { Measurement } from '../src/signals/source.ts';
import { fresh, pod, workload } from './support/builders.ts';
import { HandClock } from './support/hand-clock.ts';
import { startHttpStandIn } from './support/http-stand-in.ts';
import { openForTest, readFrom } from './support/open-connections.ts';

/**
 * The traps that autoscaling of inference servers has shown, each once from end to end; what is special about an engine,
 * an exporter or a query stands in their own tests.
 */

/** What a source says, as a number or as why there is none. */
function told(measurement: Measurement | undefined): number | string | undefined {
  return measurement?.state === 'measured' ? Number(measurement.value.toFixed(6)) : measurement?.reason;
}

/** Reads pods of an engine, once for each of their pages, 10 s apart; answers the last numbers of the signals. */
async function readPods(
  engine: EngineName,
  pages: readonly string[],
  signals: readonly SignalName[],
): Promise<unknown[]> {
  const clock = new HandClock();
  let page = pages[0] ?? '';
  const scraper = { read: () => Promise.resolve({ text: page }), close: () => undefined };
  const { port, path } = engineDefinition(engine);
  const source = createEnginePodsSource({ engine, port, path }, signals, { scraper, clock });
  let last = new Map<SignalName, Measurement>() as ReadonlyMap<SignalName, Measurement>;
  for (page of pages) {
    last = await source.read(workload({ pods: [pod()] }), AbortSignal.timeout(1_000));
    clock.jumpTo(clock.nowMs() + 10_000);
  }
  return signals.map((signal) => told(last.get(signal)));
}

async function readConnection(
  type: 'prometheus' | 'endpoint-picker',
  body: string,
  asked: { query?: string; key?: string },
  signals: readonly SignalName[] = ['queue'],
): Promise<Record<string, Measurement>> {
  const standIn = await startHttpStandIn({ body });
  onTestFinished(() => standIn.server.stop());
  const connection = { type, name: 'gateway', url: new URL(standIn.url), namespaces: ['*'] } as Connection;
  return readFrom(openForTest(connection), asked, signals);
}

/** Prometheus' answer with one series for each value. */
function vector(...values: string[]): string {
  const result = values.map((value, index) => ({ metric: { pod: `llama-${index}` }, value: [1, value] }));
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result } });
}

/** Buckets in which 100 requests ended between the first and the second page, all beyond the last finite bound but 50. */
function histogram(name: string, count: number): string {
  return `${name}_bucket{le="0.3"} ${count / 2}\n${name}_bucket{le="10.0"} ${count / 2}\n${name}_bucket{le="+Inf"} ${count}\n${name}_count ${count}\n`;
}

const awake = { timezone: 'UTC', businessHours: 'daily 00:00-24:00 min=1' };
const warningsOf = (metadata: Record<string, string>): string => parseTriggerMetadata(metadata).warnings.join('\n');

describe('trap', () => {
  it('1: a query that gives one series for each pod is summed, and the reading says so', async () => {
    const { queue } = await readConnection('prometheus', vector('3', '4'), { query: 'vllm:num_requests_waiting' });
    expect(queue).toMatchObject({ state: 'measured', value: 7, note: 'sum of 2 series' });
  });

  it('2: no series and NaN are absent, and never 0', async () => {
    for (const [body, reason] of [
      [vector(), 'the query gave no series'],
      [vector('NaN'), 'the query gave NaN'],
    ] as const) {
      const { queue } = await readConnection('prometheus', body, { query: 'sum(waiting)' });
      expect(queue).toMatchObject({ state: 'absent', reason });
    }
    const [queue, rate] = await readPods('vllm', ['other 1\n', 'other 1\n'], ['queue', 'requestRate']);
    expect([queue, rate]).toEqual([expect.stringContaining('no vllm:'), expect.stringContaining('no vllm:')]);
  });

  it('3: a cooldownPeriod that can only delay zero is warned of where nothing goes to zero', () => {
    const text = `kind: ScaledObject
metadata: { name: llama, namespace: inference }
spec:
  minReplicaCount: 1
  cooldownPeriod: 360
  triggers:
    - type: external-push
      metadata: { scalerAddress: pilotlight:6000, queueFrom: jobs, queueKey: waiting, queueTarget: '5' }
`;
    expect(checkText(text, 'pilotlight').lines).toEqual([expect.stringMatching(/^5: warning: .*cooldownPeriod: 360 has no effect: it delays going to zero alone/)]); // prettier-ignore
  });

  it('4: a metric that is shown under its old and its new name counts once', async () => {
    const page = 'vllm:num_requests_running 3\nnum_requests_running 3\n';
    expect(await readPods('nim', [page], ['running'])).toEqual([3]);
    const both = ['llm_d_epp_average_queue_size', 'inference_pool_average_queue_size'].map((name) => `${name}{name="pool"} 3\n`).join(''); // prettier-ignore
    const ready = 'llm_d_epp_ready_endpoints{name="pool"} 1\ninference_pool_ready_pods{name="pool"} 1\n';
    expect(told((await readConnection('endpoint-picker', both + ready, { key: 'pool' }))['queue'])).toBe(3);
  });

  it('5: microseconds, milliseconds and percent become seconds and ratios, and queries in other units are warned of', async () => {
    const quantile = (value: string): string => `nv_inference_request_summary_us{model="a",quantile="0.99"} ${value}\n`;
    expect(await readPods('triton', [quantile('2.5e+06')], ['latencyP99'])).toEqual([2.5]);
    const buckets = (count: number): string => histogram('ray_serve_deployment_processing_latency_ms', count).replaceAll('"10.0"', '"2000"').replaceAll('"0.3"', '"2000"'); // prettier-ignore
    expect(await readPods('ray-serve', [buckets(0), buckets(100)], ['latencyP99'])).toEqual([2]);
    const percent = { ...awake, gpuUtilizationFrom: 'prom', gpuUtilizationQuery: 'sum(DCGM_FI_DEV_GPU_UTIL)', gpuUtilizationTarget: '80' }; // prettier-ignore
    expect(warningsOf(percent)).toContain('DCGM_FI_DEV_GPU_UTIL is in percent');
  });

  it('6: a rate of requests that ended, which no overload raises, is warned of where it alone adds replicas', () => {
    expect(warningsOf({ ...awake, engine: 'vllm', requestRateTarget: '2' })).toMatch(/counts requests when they end/);
    expect(warningsOf({ ...awake, engine: 'vllm', requestRateTarget: '2', runningTarget: '32' })).toBe('');
    expect(warningsOf({ ...awake, engine: 'tgi', requestRateTarget: '2' })).toBe('');
  });

  it('7: a latency is absent without traffic, ends at the last finite bucket, never scales in by itself, and is warned of alone', async () => {
    const name = 'vllm:e2e_request_latency_seconds';
    const idle = await readPods('vllm', [histogram(name, 100), histogram(name, 100)], ['latencyP99']);
    expect(idle).toEqual([expect.stringContaining('no request')]);
    expect(await readPods('vllm', [histogram(name, 0), histogram(name, 100)], ['latencyP99'])).toEqual([10]);
    const blind = { ...awake, latencyP99From: 'prom', latencyP99Query: 'x', steps: 'latencyP99 < 1s for 10m: -1' };
    expect(() => parseTriggerMetadata(blind)).toThrow(InvalidMetadataError);
    const alone = { ...awake, engine: 'vllm', steps: 'latencyP99 > 2s for 1m: +1; running < 2 for 10m: -1' };
    expect(warningsOf(alone)).toContain('latency alone adds replicas');
  });

  it('8: gauges that start over when they are read, and histograms named like counters, are not read', async () => {
    const llama = (tokens: number): string =>
      `llamacpp:predicted_tokens_seconds 999\nllamacpp:tokens_predicted_total ${tokens}\n`;
    expect(await readPods('llama-cpp', [llama(0), llama(100)], ['tokenRate'])).toEqual([10]);
    const vllm = (tokens: number): string =>
      `vllm:iteration_tokens_total_sum ${tokens * 9}\nvllm:iteration_tokens_total_count ${tokens}\n`;
    expect(await readPods('vllm', [vllm(0), vllm(100)], ['tokenRate'])).toEqual([expect.stringContaining('no vllm:generation_tokens_total')]); // prettier-ignore
  });

  it("9: a pool's means over its endpoints are multiplied by those that are ready", async () => {
    const page = ['average_queue_size', 'average_running_requests', 'average_kv_cache_utilization']
      .map((name, index) => `llm_d_epp_${name}{name="pool"} ${[3, 8, 0.5][index]}\n`)
      .join('');
    const signals: SignalName[] = ['queue', 'running', 'kvCache'];
    const ready = 'llm_d_epp_ready_endpoints{name="pool"} 4\n';
    const pool = await readConnection('endpoint-picker', page + ready, { key: 'pool' }, signals);
    expect(signals.map((signal) => told(pool[signal]))).toEqual([12, 32, 2]);
    const unknown = await readConnection('endpoint-picker', page, { key: 'pool' }, signals);
    expect(signals.map((signal) => unknown[signal]?.state)).toEqual(['absent', 'absent', 'absent']);
    const query = { ...awake, queueFrom: 'prom', queueQuery: 'llm_d_epp_average_queue_size{name="pool"}', queueTarget: '5' }; // prettier-ignore
    expect(warningsOf(query)).toContain("is a mean over the pool's endpoints");
  });

  it('10: memory that is taken says nothing of work, and a busy GPU only keeps from sleep', () => {
    const policy = parseTriggerMetadata({ ...awake, gpuMemoryTarget: '90', runningFrom: 'prom', runningQuery: 'x' });
    const gpus = (utilization: number) => new Map([
      ['gpuMemory', fresh(0.8)] as const,
      ['gpuUtilization', fresh(utilization)] as const,
      ['running', fresh(0)] as const,
    ]); // prettier-ignore
    expect(quietness(policy, workload(), gpus(0))).toMatchObject({ quiet: true });
    expect(quietness(policy, workload(), gpus(0.9))).toMatchObject({ quiet: false });
    const busy = decide(policy, { nowMs: 0, workload: workload(), readings: gpus(1) });
    expect(busy).toMatchObject({ state: 'decided', active: true });
    expect(busy.state === 'decided' && busy.required <= 1).toBe(true);
    expect(warningsOf({ ...awake, engine: 'vllm', gpuMemoryTarget: '80' })).toContain('so this never falls');
  });
});
