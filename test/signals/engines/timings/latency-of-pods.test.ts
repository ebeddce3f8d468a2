import { describe, expect, it } from 'vitest';
import type { EngineName } from '../../../../src/domain/engine.ts';
import type { SignalName } from '../../../../src/domain/signal.ts';
import { createEnginePodsSource } from '../../../../src/signals/engines/engine-pods.ts';
import type { Scraper } from '../../../../src/signals/scrape/scraper.ts';
import type { Measurement } from '../../../../src/signals/source.ts';
import { pod, workload } from '../../../support/builders.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const e2e = 'vllm:e2e_request_latency_seconds';

/** Buckets of vLLM's latency: how many requests took up to each bound. */
function buckets(counts: Record<string, number | string>, model = 'llama', name = e2e): string {
  return Object.entries(counts)
    .map(([le, count]) => `${name}_bucket{model_name="${model}",le="${le}"} ${count}\n`)
    .join('');
}

const old = { '1.0': 10, '2.0': 10, '+Inf': 10 };
const idle = buckets(old);
const none = buckets({ '1.0': 0, '2.0': 0, '+Inf': 0 });

/** Reads pods once for each text that they show, 10 s apart; answers the last reading of a latency. */
async function latency(
  pods: readonly (readonly string[])[],
  { engine = 'vllm', modelName, signal = 'latencyP50' }: { engine?: EngineName; modelName?: string; signal?: SignalName } = {}, // prettier-ignore
): Promise<Measurement | undefined> {
  let round = 0;
  const scraper: Scraper = {
    read: ({ host }) => Promise.resolve({ text: pods[Number(host.split(':')[1]) - 1]?.[round] ?? '' }),
    close: () => undefined,
  };
  const clock = new HandClock();
  const origin = { engine, port: 1, path: '/metrics', ...(modelName !== undefined && { modelName }) };
  const source = createEnginePodsSource(origin, [signal], { scraper, clock });
  const members = pods.map((_, index) => pod({ name: `pod-${index}`, address: `10.0.0.7:${index + 1}` }));
  let last: Measurement | undefined;
  for (; round < (pods[0]?.length ?? 0); round += 1) {
    last = (await source.read(workload({ pods: members }), AbortSignal.timeout(30_000))).get(signal);
    clock.jumpTo(clock.nowMs() + 10_000);
  }
  return last;
}

const all = (count: number) => ({ heard: count, expected: count });
const nothingEnded = 'no request ended in the last minute';

describe('the latency of engine pods', () => {
  it('is that of all their requests together, and not the mean of their latencies', async () => {
    const quick = [none, buckets({ '1.0': 90, '2.0': 90, '+Inf': 90 })];
    const slow = [none, buckets({ '1.0': 0, '2.0': 10, '+Inf': 10 })];
    const told = await latency([quick, slow], { signal: 'latencyP95' });
    expect(told).toEqual({ state: 'measured', value: 1.5, coverage: all(2) });
  });

  it('counts only what ended of late', async () => {
    const before = buckets({ '1.0': 0, '2.0': 900, '+Inf': 900 });
    const after = buckets({ '1.0': 10, '2.0': 910, '+Inf': 910 });
    expect(await latency([[before, after]])).toMatchObject({ value: 0.5 });
    const quiet = Array.from({ length: 8 }, () => after);
    expect(await latency([[before, ...quiet]])).toEqual({ state: 'absent', reason: nothingEnded, coverage: all(1) });
  });

  it('is absent where no request ended, and nothing is missing then', async () => {
    expect(await latency([[idle, idle], [none, none]])).toEqual({ state: 'absent', reason: nothingEnded, coverage: all(2) }); // prettier-ignore
    const announced = `# TYPE ${e2e} histogram\n`;
    expect(await latency([[announced, announced]])).toEqual({ state: 'absent', reason: nothingEnded, coverage: all(1) }); // prettier-ignore
  });

  it('takes no part in an idle pod', async () => {
    const busy = [none, buckets({ '1.0': 0, '2.0': 10, '+Inf': 10 })];
    expect(await latency([busy, [idle, idle]])).toEqual({ state: 'measured', value: 1.5, coverage: all(2) });
  });

  it('of two versions with other buckets, or of two models, is the slower', async () => {
    const coarse = [buckets({ '5.0': 0, '+Inf': 0 }), buckets({ '5.0': 10, '+Inf': 10 })];
    const fine = [none, buckets({ '1.0': 10, '2.0': 10, '+Inf': 10 })];
    expect(await latency([fine, coarse])).toMatchObject({
      value: 2.5,
      note: "at most 5 s, the bound of the first bucket, the slowest of 2 that can't be taken together",
    });
    const two = (text: string, slow: number): string => text + buckets({ '1.0': 0, '2.0': slow, '+Inf': slow }, 'phi');
    const models = [two(none, 0), two(buckets({ '1.0': 90, '2.0': 90, '+Inf': 90 }), 10)];
    expect(await latency([models])).toMatchObject({ value: 1.5, note: 'of "phi", the slowest of 2 models' });
    expect(await latency([models], { modelName: 'llama' })).toMatchObject({ value: 0.5 });
  });

  it('of an engine under its old names and one under its new ones is that of both', async () => {
    const now = [none, buckets({ '1.0': 90, '2.0': 90, '+Inf': 90 })];
    const before = [none, buckets({ '1.0': 0, '2.0': 10, '+Inf': 10 })].map((text) => text.replaceAll('vllm:', ''));
    const told = await latency([now, before], { engine: 'nim', signal: 'latencyP95' });
    expect(told).toEqual({ state: 'measured', value: 1.5, coverage: all(2) });
  });

  it.each<[string, string[], string]>([
    ['was read once only', [idle], 'a latency needs two reads'],
    ['was reset', [idle, none], 'its counters were reset; a latency needs two reads'],
    [
      'got other buckets, as by an upgrade in place',
      [idle, buckets({ '1.0': 20, '2.5': 20, '+Inf': 20 })],
      'its counters were reset; a latency needs two reads',
    ],
    ['was renamed', [idle, idle.replaceAll('e2e_', 'end_to_end_')], `no ${e2e}_bucket`],
    ['ends within a line', [idle, idle.slice(0, -3)], 'its answer ends in the middle of a line'],
    ['is not a number', [idle, buckets({ ...old, '2.0': 'NaN' })], `${e2e} is NaN`],
    ['is negative', [idle, buckets({ ...old, '2.0': -1 })], `${e2e} is -1`],
    ['is infinite', [idle, buckets({ ...old, '2.0': '+Inf' })], `${e2e} is Infinity`],
    ["can't be read", [idle, buckets({ ...old, '2.0': 'many' })], `${e2e}_bucket can't be read`],
    ['lacks its last bucket and its count', [idle, buckets({ '1.0': 20, '2.0': 20 })], `${e2e} has neither a last bucket nor a count`], // prettier-ignore
    ['has a bucket without a bound', [idle, `${e2e}_bucket{model_name="llama"} 3\n`], `${e2e} has a bucket without a bound`], // prettier-ignore
    ['has no finite bucket', [idle, buckets({ '+Inf': 20 })], `${e2e} has no buckets`],
  ])('is not known of a pod whose histogram %s', async (_, texts, reason) => {
    const told = await latency([texts]);
    expect(told).toEqual({ state: 'absent', reason: `10.0.0.7:1: ${reason}`, coverage: { heard: 0, expected: 1 } });
  });

  it('takes the count where the last bucket is missing', async () => {
    const text = (count: number): string => `${buckets({ '1.0': count, '2.0': count })}${e2e}_count{model_name="llama"} ${2 * count}\n`; // prettier-ignore
    expect(await latency([[text(0), text(10)]], { signal: 'latencyP99' })).toMatchObject({
      value: 2,
      note: 'more than 2 s, the bound of the last bucket',
    });
  });

  it('says which pods were not heard', async () => {
    const busy = [none, buckets({ '1.0': 10, '2.0': 10, '+Inf': 10 })];
    expect(await latency([busy, [idle, '']])).toMatchObject({
      value: 0.5,
      coverage: { heard: 1, expected: 2 },
      note: `at most 1 s, the bound of the first bucket, heard 1 of 2 pods: 10.0.0.7:2: no ${e2e}_bucket`,
    });
  });

  const summary = (quantile: string, value: string): string => `nv_inference_request_summary_us{model="bert",quantile="${quantile}"} ${value}\n`; // prettier-ignore
  it.each<[string, string[], Partial<Measurement>]>([
    ['is the slowest of the pods, in seconds', [summary('0.5', '2e+06'), summary('0.5', '500000')], { value: 2, coverage: all(2) }], // prettier-ignore
    ['leaves out a pod without requests', [summary('0.5', 'NaN'), summary('0.5', '500000')], { value: 0.5, coverage: all(2) }], // prettier-ignore
    ['is absent without requests', [summary('0.5', 'Nan')], { state: 'absent', reason: nothingEnded, coverage: all(1) }], // prettier-ignore
    ['lacks a quantile that the server does not keep', [summary('0.9', '1')], { state: 'absent', reason: 'nv_inference_request_summary_us has no quantile 0.5' }], // prettier-ignore
    ['is not negative', [summary('0.5', '-1')], { state: 'absent', reason: '10.0.0.7:1: nv_inference_request_summary_us is -1' }], // prettier-ignore
  ])('out of summaries %s', async (_, texts, expected) => {
    expect(
      await latency(
        texts.map((text) => [text]),
        { engine: 'triton' },
      ),
    ).toMatchObject(expected);
  });
});
