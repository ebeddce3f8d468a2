import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalName } from '../../../src/domain/signal.ts';
import type { Pod } from '../../../src/domain/workload.ts';
import { createEnginePodsSource } from '../../../src/signals/engines/engine-pods.ts';
import type { EnginePodsOrigin } from '../../../src/signals/engines/engine-pods.ts';
import { DirectScraper } from '../../../src/signals/scrape/direct-scraper.ts';
import type { Measurement } from '../../../src/signals/source.ts';
import { pod, workload } from '../../support/builders.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import type { HttpStandIn } from '../../support/http-stand-in.ts';

const scraper = new DirectScraper();
const clock = new HandClock();
const origin: EnginePodsOrigin = { engine: 'vllm', port: 8000, path: '/metrics' };

async function engine(body: string): Promise<HttpStandIn> {
  const standIn = await startHttpStandIn({ body });
  onTestFinished(() => standIn.server.stop());
  return standIn;
}

function podAt({ server }: HttpStandIn, index = 0): Pod {
  return pod({ name: `llama-${index}`, address: server.host });
}

async function read(
  pods: readonly Pod[],
  signals: readonly SignalName[] = ['queue'],
  changes: Partial<EnginePodsOrigin> = {},
): Promise<Record<string, Measurement>> {
  const source = createEnginePodsSource({ ...origin, ...changes }, signals, { scraper, clock });
  return Object.fromEntries(await source.read(workload({ pods }), AbortSignal.timeout(30_000)));
}

/** What the metrics of a vLLM with one or more engines look like. */
function vllmText(...engines: { waiting: number; running: number; kv: number; model?: string }[]): string {
  const lines = engines.map(({ waiting, running, kv, model = 'llama' }, index) => {
    const labels = `{engine="${index}",model_name="${model}"}`;
    return [
      `vllm:num_requests_waiting${labels} ${waiting}.0`,
      `vllm:num_requests_running${labels} ${running}.0`,
      'vllm:num_requests_waiting_by_reason{reason="deferred"} 99',
      `vllm:kv_cache_usage_perc${labels} ${kv}\n`,
    ].join('\n');
  });
  return lines.join('');
}

describe('a source of engine pods', () => {
  it('asks each pod once for all signals, and sums over pods', async () => {
    const pods = await Promise.all([
      engine(vllmText({ waiting: 5, running: 8, kv: 0.5 })),
      engine(vllmText({ waiting: 0, running: 2, kv: 0.25 })),
    ]);
    const coverage = { heard: 2, expected: 2 };
    expect(await read(pods.map(podAt), ['queue', 'running', 'kvCache'])).toEqual({
      queue: { state: 'measured', value: 5, coverage },
      running: { state: 'measured', value: 10, coverage, byPod: new Map([['llama-0', 8], ['llama-1', 2]]) }, // prettier-ignore
      kvCache: { state: 'measured', value: 0.75, coverage },
    });
    for (const { seen } of pods) expect(seen.map(({ path }) => path)).toEqual(['/metrics']);
  });

  it('tells what runs in each pod that it heard, and nothing of one that it did not', async () => {
    const [busy, idle] = await Promise.all([
      engine(vllmText({ waiting: 0, running: 3, kv: 0 })),
      engine(vllmText({ waiting: 0, running: 0, kv: 0 })),
    ]);
    const deaf = await engine('');
    const { running } = await read([podAt(busy, 0), podAt(deaf, 1), podAt(idle, 2)], ['running']);
    expect(running).toMatchObject({ value: 3, byPod: new Map([['llama-0', 3], ['llama-2', 0]]) }); // prettier-ignore
  });

  it('sums the requests of several engines in one pod, and averages their KV caches', async () => {
    const two = await engine(vllmText({ waiting: 5, running: 8, kv: 0.5 }, { waiting: 1, running: 2, kv: 0.1 }));
    const measured = await read([podAt(two)], ['queue', 'running', 'kvCache']);
    expect(Object.values(measured).map((one) => one.state === 'measured' && one.value)).toEqual([6, 10, 0.3]);
  });

  it.each([
    ['the old name', 'vllm:gpu_cache_usage_perc 0.4\n', 0.4],
    ['both names once', 'vllm:gpu_cache_usage_perc 0.4\nvllm:kv_cache_usage_perc 0.5\n', 0.5],
  ])('reads %s of the KV cache', async (_, text, value) => {
    const measured = await read([podAt(await engine(text))], ['kvCache']);
    expect(measured['kvCache']).toMatchObject({ state: 'measured', value });
  });

  it('reads one model of several', async () => {
    const text = vllmText({ waiting: 5, running: 0, kv: 0 }, { waiting: 7, running: 0, kv: 0, model: 'phi' });
    const pods = [podAt(await engine(text))];
    expect((await read(pods, ['queue'], { modelName: 'phi' }))['queue']).toMatchObject({ value: 7 });
    expect((await read(pods))['queue']).toMatchObject({ value: 12 });
    expect((await read(pods, ['queue'], { modelName: 'mistral' }))['queue']).toEqual({
      state: 'absent',
      reason: `${pods[0]?.address ?? ''}: serves no model "mistral" but "llama", "phi"`,
      coverage: { heard: 0, expected: 1 },
    });
  });

  it('expects ready pods alone', async () => {
    const up = await engine(vllmText({ waiting: 3, running: 1, kv: 0 }));
    const phases = ['pending', 'loading', 'terminating'] as const;
    const others = phases.map((phase) => pod({ phase, address: '127.0.0.1:1' }));
    expect((await read([...others, podAt(up)]))['queue']).toEqual({
      state: 'measured',
      value: 3,
      coverage: { heard: 1, expected: 1 },
    });
    expect((await read(others))['queue']).toEqual({
      state: 'absent',
      reason: 'no ready pods',
      coverage: { heard: 0, expected: 0 },
    });
  });

  it('lowers the coverage for each pod that fails or lacks the metric, and says why', async () => {
    const up = await engine(vllmText({ waiting: 3, running: 1, kv: 0 }));
    const bare = await engine('process_cpu_seconds_total 1\n');
    const odd = await engine('vllm:num_requests_waiting NaN\n');
    const cut = await engine('vllm:num_requests_waiting 12');
    const broken = await engine('vllm:num_requests_waiting 12\nvllm:num_requests_waiting{ 9\n');
    const ill = await engine('');
    ill.answer = () => ({ status: 503, body: 'vllm:num_requests_waiting 9\n' });
    const beside = async (other: Pod): Promise<Measurement | undefined> => (await read([podAt(up), other]))['queue'];
    const partial = (reason: string): Measurement => ({
      state: 'measured',
      value: 3,
      coverage: { heard: 1, expected: 2 },
      note: `heard 1 of 2 pods: ${reason}`,
    });
    expect(await beside(podAt(bare))).toEqual(
      partial(`${bare.server.host}: no vllm:num_requests_waiting_by_reason or vllm:num_requests_waiting`),
    );
    expect(await beside(podAt(odd))).toEqual(partial(`${odd.server.host}: vllm:num_requests_waiting is NaN`));
    expect(await beside(podAt(cut))).toEqual(partial(`${cut.server.host}: its answer ends in the middle of a line`));
    cut.answer = () => ({
      headers: { 'content-type': 'application/openmetrics-text; version=1.0.0' },
      body: vllmText({ waiting: 9, running: 1, kv: 0.1 }),
    });
    const unended = `${cut.server.host}: its answer is OpenMetrics and ends without "# EOF", so it was cut off`;
    expect(await beside(podAt(cut))).toEqual(partial(unended));
    expect(await beside(podAt(broken))).toEqual(
      partial(`${broken.server.host}: vllm:num_requests_waiting can't be read`),
    );
    expect(await beside(podAt(ill))).toEqual(partial(`${ill.server.host} answered 503`));
    expect(await beside({ name: 'llama-9', phase: 'ready' })).toEqual(partial('pod llama-9 has no address'));
  });

  it('is heard by the pods that answered, when the deadline passes for the others', async () => {
    const up = await engine(vllmText({ waiting: 3, running: 1, kv: 0 }));
    const hanging = await engine('');
    hanging.server.behave({ hang: true });
    const source = createEnginePodsSource(origin, ['queue'], { scraper, clock });
    const measured = await source.read(workload({ pods: [podAt(up), podAt(hanging, 1)] }), AbortSignal.timeout(300));
    expect(measured.get('queue')).toMatchObject({
      value: 3,
      coverage: { heard: 1, expected: 2 },
      note: `heard 1 of 2 pods: ${hanging.server.host} did not answer in time`,
    });
  });

  it('rejects with the reasons when no pod answers', async () => {
    const ill = await engine('');
    ill.answer = () => ({ status: 500, body: '' });
    await expect(read([podAt(ill)])).rejects.toThrow(new Error(`${ill.server.host} answered 500`));
    const closed = [1, 2, 3, 4].map((port) => pod({ address: `127.0.0.1:${port}` }));
    const reasons = [1, 2, 3].map((port) => `127.0.0.1:${port} refused the connection`).join('; ');
    await expect(read(closed)).rejects.toThrow(new Error(`none of 4 pods answered: ${reasons}; and 1 more`));
  });

  it('takes the port of the pod before the port of the engine, and cannot be led to another host', async () => {
    const up = await engine(vllmText({ waiting: 3, running: 1, kv: 0 }));
    const bare = pod({ address: '127.0.0.1' });
    expect((await read([bare], ['queue'], { port: up.server.port }))['queue']).toMatchObject({ value: 3 });
    await read([podAt(up)], ['queue'], { path: '//127.0.0.1:1/x' });
    expect(up.seen.at(-1)?.path).toBe('//127.0.0.1:1/x');
    await expect(read([pod({ address: 'fd00::1' })], ['queue'], { port: 9 })).rejects.toThrow(/^\[fd00::1\]:9 /);
    await expect(read([pod({ address: 'a b' })])).rejects.toThrow();
  });

  it('reads hundreds of pods', async () => {
    const up = await engine(vllmText({ waiting: 1, running: 1, kv: 0 }));
    const pods = Array.from({ length: 300 }, (_, index) => podAt(up, index));
    const coverage = { heard: 300, expected: 300 };
    expect((await read(pods))['queue']).toEqual({ state: 'measured', value: 300, coverage });
  });

  it('adds the rates of pods that were read before; a new pod lowers the coverage, one that came back starts afresh', async () => {
    const [a, b] = [await engine(''), await engine('')];
    const count = (standIn: HttpStandIn, requests: number): void => {
      standIn.answer = () => ({ body: `vllm:request_success_total{finished_reason="stop"} ${requests}\n` });
    };
    const time = new HandClock();
    const source = createEnginePodsSource(origin, ['requestRate'], { scraper, clock: time });
    const readAt = async (second: number, pods: readonly Pod[]): Promise<Measurement | undefined> => {
      time.jumpTo(second * 1_000);
      return (await source.read(workload({ pods }), AbortSignal.timeout(2_000))).get('requestRate');
    };
    const [first, second] = [podAt(a), podAt(b, 1)];
    const needsTwo = (standIn: HttpStandIn): string => `${standIn.server.host}: a rate needs two reads`;
    count(a, 100);
    count(b, 9_000);
    expect(await readAt(0, [first])).toEqual({
      state: 'absent',
      reason: needsTwo(a),
      coverage: { heard: 0, expected: 1 },
    });
    count(a, 120);
    expect(await readAt(10, [first, second])).toEqual({
      state: 'measured',
      value: 2,
      coverage: { heard: 1, expected: 2 },
      note: `heard 1 of 2 pods: ${needsTwo(b)}`,
    });
    count(b, 9_030);
    expect(await readAt(20, [first, second])).toEqual({
      state: 'measured',
      value: 4,
      coverage: { heard: 2, expected: 2 },
    });
    await readAt(25, [first]);
    expect(await readAt(30, [first, second])).toMatchObject({ coverage: { heard: 1, expected: 2 } });
  });

  const byReason = (count: number): string =>
    `vllm:num_requests_waiting_by_reason{engine="0",model_name="llama",reason="capacity"} ${count}\nvllm:num_requests_waiting{engine="0",model_name="llama"} 99\n`;

  it('adds up replicas on two versions of an engine, each by its own names', async () => {
    const now = await engine(`${byReason(4)}vllm:kv_cache_usage_perc{engine="0",model_name="llama"} 0.5\n`);
    const old = await engine('vllm:num_requests_waiting{model_name="llama"} 3\nvllm:gpu_cache_usage_perc{model_name="llama"} 0.25\n'); // prettier-ignore
    const coverage = { heard: 2, expected: 2 };
    expect(await read([podAt(now), podAt(old, 1)], ['queue', 'kvCache'])).toEqual({
      queue: { state: 'measured', value: 7, coverage },
      kvCache: { state: 'measured', value: 0.75, coverage },
    });
  });

  it('follows names that change on an upgrade: gauges at once, a rate after a second read, and never a leap', async () => {
    const standIn = await engine('');
    const time = new HandClock();
    const nim: EnginePodsOrigin = { engine: 'nim', port: 8000, path: '/v1/metrics' };
    const source = createEnginePodsSource(nim, ['queue', 'requestRate'], { scraper, clock: time });
    const readAt = async (second: number, body: string): Promise<unknown> => {
      standIn.answer = () => ({ body });
      time.jumpTo(second * 1_000);
      const told = await source.read(workload({ pods: [podAt(standIn)] }), AbortSignal.timeout(2_000));
      return [...told.values()].map((one) => (one.state === 'measured' ? one.value : one.state));
    };
    const before = (count: number): string => `num_requests_waiting 5\nrequest_success_total ${count}\n`;
    const after = (count: number): string => `vllm:num_requests_waiting 6\nvllm:request_success_total ${count}\n`;
    expect(await readAt(0, before(9_000))).toEqual([5, 'absent']);
    expect(await readAt(10, before(9_020))).toEqual([5, 2]);
    expect(await readAt(20, after(9_500))).toEqual([6, 'absent']);
    expect(await readAt(30, after(9_510))).toEqual([6, 1]);
    expect(await readAt(40, 'vllm:requests_waiting_now 6\n')).toEqual(['absent', 'absent']);
  });
});
