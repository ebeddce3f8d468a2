import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalName } from '../../../../src/domain/signal.ts';
import type { PrometheusConnection } from '../../../../src/signals/connections/connections.ts';
import type { Measurement } from '../../../../src/signals/source.ts';
import { pod, workload } from '../../../support/builders.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { startHttpStandIn } from '../../../support/http-stand-in.ts';
import type { HttpStandIn } from '../../../support/http-stand-in.ts';
import { openForTest } from '../../../support/open-connections.ts';

const nowMs = 1_800_000_000_000;

type Labels = Readonly<Record<string, string>>;
interface Told {
  readonly labels: Labels;
  readonly value: string;
  /** Absent where the server does not tell when the sample was scraped. */
  readonly ageSeconds?: number;
}

/** The answer of a server that has these samples: each dated to now, and beside them their own times. */
function answerOf(told: readonly Told[], more: object = {}): string {
  const series = told.flatMap(({ labels, value, ageSeconds }) => {
    const unnamed = Object.fromEntries(Object.entries(labels).filter(([name]) => name !== '__name__'));
    const timed = { ...unnamed, pilotlight_sampled_at: '1' };
    const time = { metric: timed, value: [nowMs / 1_000, String(nowMs / 1_000 - (ageSeconds ?? 0))] };
    const figure = { metric: labels, value: [nowMs / 1_000, value] };
    return ageSeconds === undefined ? [figure] : [figure, time];
  });
  return JSON.stringify({ status: 'success', data: { resultType: 'vector', result: series }, ...more });
}

function utilization(name: string, value: string, changes: Partial<Told> & { more?: Labels } = {}): Told {
  const { more = {}, ...rest } = changes;
  const labels = { __name__: 'pilotlight_pod_gpu_utilization_ratio', namespace: 'inference', pod: name, container: 'vllm', uuid: 'GPU-a', ...more }; // prettier-ignore
  return { labels, value, ageSeconds: 10, ...rest };
}

async function serverOf(body: string, status = 200): Promise<HttpStandIn> {
  const standIn = await startHttpStandIn({ status, body });
  onTestFinished(() => standIn.server.stop());
  return standIn;
}

async function read(
  standIn: HttpStandIn,
  { pods = ['llama-0', 'llama-1'], signal = 'gpuUtilization', ...changes }: Partial<PrometheusConnection> & { pods?: string[]; signal?: SignalName } = {}, // prettier-ignore
): Promise<Measurement | undefined> {
  const connection = { type: 'prometheus', name: 'metrics', url: new URL(standIn.url), namespaces: ['*'], ...changes };
  const open = openForTest(connection as PrometheusConnection, new HandClock(nowMs));
  const one = workload({ pods: pods.map((name) => pod({ name })) });
  return (await open.gpus?.([signal]).read(one, AbortSignal.timeout(5_000)))?.get(signal);
}

const coverage = (heard: number, expected = 2) => ({ heard, expected });
const tenSecondsAgo = nowMs - 10_000;

describe('GPUs out of Prometheus', () => {
  it('are asked for by what the names of the pods have in common, in their namespace, under both names of labels', async () => {
    const standIn = await serverOf(answerOf([]));
    await read(standIn, { pods: ['llama.x-0', 'llama.x-1'], parameters: { dedup: 'true' }, lookback: 60_000 });
    const form = new URLSearchParams(standIn.seen[0]?.body);
    expect([standIn.seen[0]?.path, form.get('dedup')]).toEqual(['/api/v1/query', 'true']);
    const query = form.get('query') ?? '';
    for (const namespace of ['namespace', 'exported_namespace']) {
      for (const podLabel of ['pod', 'exported_pod']) {
        expect(query).toContain(`${namespace}="inference",${podLabel}=~"llama.x-.*"`);
      }
    }
    expect(query).toContain('timestamp(DCGM_FI_DEV_GPU_UTIL{namespace="inference",pod=~"llama.x-.*"})');
    await read(standIn, { pods: ['llama-0'] });
    expect(new URLSearchParams(standIn.seen[1]?.body).get('query')).toContain('pod=~"llama-0"');
  });

  it('are not asked for where no pod is ready', async () => {
    const standIn = await serverOf(answerOf([]));
    expect(await read(standIn, { pods: [] })).toEqual({
      state: 'absent',
      reason: 'no ready pods',
      coverage: coverage(0, 0),
    });
    expect(standIn.seen).toEqual([]);
  });

  const collided: Labels = { namespace: 'gpu-operator', pod: 'dcgm-x', container: 'dcgm', exported_namespace: 'inference', exported_pod: 'llama-0', exported_container: 'vllm' }; // prettier-ignore
  const dcgm: Labels = { __name__: 'DCGM_FI_DEV_GPU_UTIL', UUID: 'GPU-a', gpu: '0', Hostname: 'node-a' };
  const both = [utilization('llama-0', '0.3'), utilization('llama-1', '0.5')];
  const cases: [string, readonly Told[], Partial<Measurement>][] = [
    ['the sum over pods', both, { state: 'measured', value: 0.8, coverage: coverage(2), observedAtMs: tenSecondsAgo }],
    [
      'those of a pod that holds two GPUs, as their mean',
      [...both, utilization('llama-1', '0.9', { more: { uuid: 'GPU-b' } })],
      { state: 'measured', value: 1, coverage: coverage(2) },
    ],
    [
      'those of dcgm-exporter whose labels Prometheus renamed',
      [{ labels: { ...dcgm, ...collided }, value: '40', ageSeconds: 10 }, utilization('llama-1', '0.5')],
      { state: 'measured', value: 0.9, coverage: coverage(2) },
    ],
    [
      'those of pilotlight, where dcgm-exporter tells of the same pod',
      [{ labels: { ...dcgm, ...collided }, value: '99', ageSeconds: 10 }, ...both],
      { state: 'measured', value: 0.8, coverage: coverage(2) },
    ],
    [
      'not those of other pods that are called alike, nor of the exporter itself',
      [...both, utilization('llama-10', '0.9'), { labels: { ...dcgm, namespace: 'inference', pod: 'dcgm-x' }, value: '9', ageSeconds: 10 }], // prettier-ignore
      { state: 'measured', value: 0.8, coverage: coverage(2) },
    ],
    [
      'the newest of what two exporters of a node said',
      [
        utilization('llama-0', '0.9', { ageSeconds: 70, more: { instance: 'old:9400' } }),
        utilization('llama-0', '0.3', { ageSeconds: 10, more: { instance: 'new:9400' } }),
        utilization('llama-1', '0.5'),
      ],
      { state: 'measured', value: 0.8, coverage: coverage(2), observedAtMs: tenSecondsAgo },
    ],
    [
      'of a pod that is not told of nothing, and never a zero',
      [utilization('llama-0', '0.3')],
      { state: 'measured', value: 0.3, coverage: coverage(1), note: 'heard 1 of 2 pods' },
    ],
    [
      'of a pod whose sample is too old nothing',
      [utilization('llama-0', '0.3'), utilization('llama-1', '0.9', { ageSeconds: 121 })],
      { state: 'measured', value: 0.3, coverage: coverage(1), note: 'heard 1 of 2 pods; other samples are 2m1s old or more' }, // prettier-ignore
    ],
    [
      'what is too old as what it is, where there is nothing else',
      [utilization('llama-0', '0.3', { ageSeconds: 200 }), utilization('llama-1', '0.9', { ageSeconds: 190 })],
      { state: 'measured', value: 1.2, coverage: coverage(2), observedAtMs: nowMs - 200_000, describesForMs: 120_000 },
    ],
    [
      'nothing of a sample whose time is not told',
      [utilization('llama-0', '0.3'), { ...utilization('llama-1', '0.5'), ageSeconds: undefined } as never],
      { state: 'measured', value: 0.3, coverage: coverage(1) },
    ],
    [
      'nothing of NaN',
      [utilization('llama-0', '0.3'), utilization('llama-1', 'NaN')],
      { state: 'measured', value: 0.3, coverage: coverage(1) },
    ],
    [
      'nothing where there are no series',
      [],
      {
        state: 'absent',
        reason: "it has no series of the GPUs of these pods; it has to scrape pilotlight's exporter or dcgm-exporter",
        coverage: coverage(0),
      },
    ],
  ];
  it.each(cases)('are %s', async (_, told, expected) => {
    expect(await read(await serverOf(answerOf(told)))).toMatchObject(expected);
  });

  it('are absent where the series are of something else', async () => {
    const standIn = await serverOf(answerOf([utilization('llama-0', '0.3')]));
    const reason = 'its series do not tell gpuMemory of these pods';
    expect(await read(standIn, { signal: 'gpuMemory' })).toEqual({ state: 'absent', reason, coverage: coverage(0) });
  });

  it('count as old after the time that the connection says', async () => {
    const standIn = await serverOf(answerOf([utilization('llama-0', '0.3', { ageSeconds: 200 })]));
    const told = await read(standIn, { pods: ['llama-0'], lookback: 240_000 });
    expect(told).toMatchObject({ value: 0.3, observedAtMs: nowMs - 200_000, describesForMs: 240_000 });
  });

  it('are never complete where the server says that a part is missing', async () => {
    const standIn = await serverOf(answerOf(both, { warnings: ['store a did not answer'] }));
    const note = 'a part is missing: store a did not answer';
    expect(await read(standIn)).toMatchObject({ value: 0.8, note, coverage: coverage(2, 3) });
  });

  it.each([
    ['{"status":"error","error":"out of memory"}', 422, 'answered: out of memory'],
    ['busy', 503, 'answered 503'],
    ['{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}', 200, 'answered something else than the result of a query'], // prettier-ignore
  ])('fail with what the server said: %s', async (body, status, text) => {
    const standIn = await serverOf(body, status);
    await expect(read(standIn)).rejects.toThrow(new Error(`${standIn.server.host} ${text}`));
  });
});
