import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engineDefinition, engineNames, engineSignals } from '../../src/domain/engine.ts';
import { InvalidMetadataError } from '../../src/policy/invalid-metadata.ts';
import { policyKeys } from '../../src/policy/metadata-keys.ts';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';

const queue = { queueFrom: 'jobs', queueKey: 'waiting', queueTarget: '5' };
const office = { timezone: 'Europe/Berlin', businessHours: 'Mon-Fri 08:00-20:00 min=2' };
const vllm = { kind: 'engine', engine: 'vllm', port: 8_000, path: '/metrics' };
const jobs = { kind: 'connection', connection: 'jobs', key: 'waiting' };
const runningLookedAt = { signal: 'running', origin: { kind: 'connection', connection: 'jobs', key: 'waiting' }, required: false }; // prettier-ignore
const gpuLookedAt = { signal: 'gpuUtilization', origin: { kind: 'exporter' }, required: false };

describe('parseTriggerMetadata', () => {
  it('has the documented defaults', () => {
    expect(parseTriggerMetadata({ scalerAddress: 'scaler:6000', ...queue })).toEqual({
      offHours: 'on-demand',
      warmLeadMs: 'auto',
      drainTimeoutMs: 600_000,
      idleAfterMs: 120_000,
      startupTimeoutMs: 1_800_000,
      queueActivation: 0,
      onSignalLoss: 'hold',
      signals: [{ signal: 'queue', origin: jobs, target: 5, required: true }, runningLookedAt, gpuLookedAt],
      steps: [],
      warnings: [],
    });
  });

  it('reads every setting', () => {
    const policy = parseTriggerMetadata({
      ...queue,
      timezone: 'europe/berlin',
      businessHours: 'Mon-Fri 08:00-20:00 min=2; Sat 22:00-02:00 max=3',
      extraHours: '2026-11-27 00:00-24:00 min=8',
      holidays: '12-24',
      warmReplicas: '3',
      warmLead: '12m',
      offHours: 'closed',
      drainTimeout: '15m',
      idleAfter: '5m',
      startupTimeout: '1h',
      queueActivation: '2.5',
      onSignalLoss: 'error',
      podSelector: 'app=llama,tier in (gpu)',
    });
    expect(policy.calendar).toMatchObject({
      timezone: 'Europe/Berlin',
      warmReplicas: 3,
      windows: [
        { days: [1, 2, 3, 4, 5], startMinute: 480, endMinute: 1_200, min: 2, text: 'Mon-Fri 08:00-20:00 min=2' },
        { days: [6], startMinute: 1_320, endMinute: 120, max: 3, text: 'Sat 22:00-02:00 max=3' },
      ],
      extraHours: [
        { date: '2026-11-27', startMinute: 0, endMinute: 1_440, min: 8, text: '2026-11-27 00:00-24:00 min=8' },
      ],
    });
    expect(policy).toMatchObject({
      offHours: 'closed',
      warmLeadMs: 720_000,
      drainTimeoutMs: 900_000,
      idleAfterMs: 300_000,
      startupTimeoutMs: 3_600_000,
      queueActivation: 2.5,
      onSignalLoss: 'error',
      podSelector: 'app=llama,tier in (gpu)',
      steps: [],
      warnings: [],
    });
    expect(parseTriggerMetadata({ ...queue, ...office, offHoursMaxReplicas: '4' }).offHoursMaxReplicas).toBe(4);
  });

  it('looks at what steps compare as at what has a target, and at traffic where a step removes at low latency', () => {
    const steps = 'gpuUtilization > 70 for 2m: +1; latencyP99 < 1s for 10m: -1';
    const latency = { latencyP99From: 'gateway', latencyP99Query: 'x' };
    const { signals } = parseTriggerMetadata({ ...queue, ...latency, engine: 'tensorflow-serving', steps });
    expect(signals.map(({ signal, target, required }) => ({ signal, target, required }))).toEqual([
      { signal: 'queue', target: 5, required: true },
      { signal: 'running', required: false },
      { signal: 'requestRate', required: false },
      { signal: 'latencyP99', required: true },
      { signal: 'gpuUtilization', required: true },
    ]);
  });

  it('gives the same policy and the same error for the same metadata, whatever its order', () => {
    const forwards = { ...queue, ...office, holidays: 'DE-BE', engine: 'vllm', runningTarget: '32' };
    const backwards = Object.fromEntries(Object.entries(forwards).reverse());
    expect(JSON.stringify(parseTriggerMetadata(forwards))).toBe(JSON.stringify(parseTriggerMetadata(backwards)));
    expect(errorText({ a: '1', b: '2', c: '3' })).toBe(errorText({ c: '3', b: '2', a: '1' }));
  });
});

function errorText(metadata: Record<string, string>): string {
  try {
    parseTriggerMetadata(metadata);
  } catch (error) {
    if (error instanceof InvalidMetadataError) return error.message;
    throw error;
  }
  throw new Error('the metadata is valid');
}

describe('signals', () => {
  const plans = (metadata: Record<string, string>) => parseTriggerMetadata({ ...queue, ...metadata }).signals;

  it('come from the pods of the engine, but where a connection is named', () => {
    expect(plans({ engine: 'vllm', runningTarget: '32', kvCacheTarget: '0.8' })).toEqual([
      { signal: 'queue', origin: jobs, target: 5, required: true },
      { signal: 'running', origin: vllm, target: 32, required: true },
      { signal: 'concurrency', origin: vllm, required: true },
      { signal: 'kvCache', origin: vllm, target: 0.8, required: true },
      gpuLookedAt,
    ]);
  });

  it('count for idleness without a target, except where they tell nothing of work', () => {
    const { signals } = parseTriggerMetadata({ ...office, engine: 'vllm' });
    expect(signals).toEqual([
      { signal: 'queue', origin: vllm, required: true },
      { signal: 'running', origin: vllm, required: true },
      { signal: 'concurrency', origin: vllm, required: true },
      gpuLookedAt,
    ]);
  });

  it.each<[engine: string, plans: string[]]>([
    ['triton', ['queue required', 'running looked at']],
    ['dynamo', ['queue looked at', 'concurrency required']],
    ['ray-serve', ['queue looked at', 'running required']],
    ['tensorflow-serving', []],
  ])('of %s count for idleness, and hold only where every version tells them', (engine, expected) => {
    const { signals } = parseTriggerMetadata({ ...office, engine });
    const told = signals.filter(({ origin }) => origin.kind === 'engine');
    expect(told.map((plan) => `${plan.signal} ${plan.required ? 'required' : 'looked at'}`)).toEqual(expected);
  });

  it.each(engineNames)('come from the port and path of %s', (engine) => {
    const [told = ''] = engineSignals(engine);
    const plans = parseTriggerMetadata({ ...office, engine, [`${told}Target`]: '1' }).signals;
    const { port, path } = engineDefinition(engine);
    expect(plans.find(({ signal }) => signal === told)).toEqual({
      signal: told,
      origin: { kind: 'engine', engine, port, path },
      target: 1,
      required: true,
    });
  });

  it('take the port, path and model of an engine that differs from its preset', () => {
    const { signals } = parseTriggerMetadata({
      ...office,
      engine: 'vllm',
      enginePort: '9000',
      enginePath: '/v2/metrics',
      modelName: 'llama-70b',
    });
    expect(signals[0]?.origin).toEqual({
      kind: 'engine',
      engine: 'vllm',
      port: 9_000,
      path: '/v2/metrics',
      modelName: 'llama-70b',
    });
  });

  it('are read from connections by key, group or query', () => {
    const streamed = { ...jobs, group: 'workers', mode: 'earliest' };
    expect(plans({ queueGroup: 'workers', queueMode: 'earliest' })[0]?.origin).toEqual(streamed);
    const [, running, rate] = plans({
      runningFrom: 'prom',
      runningQuery: 'sum(\n\trunning\n)',
      requestRateFrom: 'prom',
      requestRateQuery: 'sum(rate(requests[1m]))',
      requestRateTarget: '0.5',
    });
    expect(running).toEqual({
      signal: 'running',
      origin: { kind: 'connection', connection: 'prom', query: 'sum(\n\trunning\n)' },
      required: true,
    });
    expect(rate).toMatchObject({ signal: 'requestRate', target: 0.5, required: true });
  });

  it('tell what a queue has handed out, unless something else tells what runs', () => {
    const running = (metadata: Record<string, string>) =>
      plans(metadata).find(({ signal }) => signal === 'running')?.origin;
    expect(plans({ queueGroup: 'workers' })[1]).toEqual({ signal: 'running', origin: { ...jobs, group: 'workers' }, required: false }); // prettier-ignore
    expect(running({ engine: 'vllm' })).toEqual(vllm);
    expect(running({ runningFrom: 'jobs', runningKey: 'busy' })).toEqual({ ...jobs, key: 'busy' });
    const asked = parseTriggerMetadata({ queueFrom: 'prom', queueQuery: 'sum(waiting)', queueTarget: '5' }).signals;
    expect(asked.map(({ signal }) => signal)).toEqual(['queue', 'gpuUtilization']);
  });

  it('turn percent into ratios for GPUs, which are required once they are named', () => {
    expect(plans({ gpuUtilizationTarget: '80', gpuMemoryTarget: '92.5' }).slice(2)).toEqual([
      { signal: 'gpuUtilization', origin: { kind: 'exporter' }, target: 0.8, required: true },
      { signal: 'gpuMemory', origin: { kind: 'exporter' }, target: 0.925, required: true },
    ]);
    expect(plans({ gpuFrom: 'exporter' }).slice(2)).toEqual([{ ...gpuLookedAt, required: true }]);
    expect(plans({ gpuFrom: 'dcgm' })[2]).toEqual({
      signal: 'gpuUtilization',
      origin: { kind: 'dcgm' },
      required: true,
    });
    expect(plans({ gpuFrom: 'metrics', gpuMemoryTarget: '80' }).slice(2)).toEqual([
      { signal: 'gpuUtilization', origin: { kind: 'gpu-connection', connection: 'metrics' }, required: true },
      { signal: 'gpuMemory', origin: { kind: 'gpu-connection', connection: 'metrics' }, target: 0.8, required: true },
    ]);
    expect(plans({ gpuUtilizationFrom: 'prom', gpuUtilizationQuery: 'avg(gpu)' })[2]).toEqual({
      signal: 'gpuUtilization',
      origin: { kind: 'connection', connection: 'prom', query: 'avg(gpu)' },
      required: true,
    });
  });
});

describe("KEDA's own keys", () => {
  const tls = { scalerAddress: 'scaler:6000', enableTLS: 'true', unsafeSsl: 'false' };

  it('are passed over', () => {
    expect(parseTriggerMetadata({ ...tls, ...queue }).warnings).toEqual([]);
  });

  it('are warned of where they are certificates, without showing them', () => {
    const { warnings } = parseTriggerMetadata({ ...tls, ...queue, tlsClientKey: 'hunter2', caCertFromEnv: 'hunter3' });
    expect(warnings).toEqual([
      'caCertFromEnv: KEDA does not read it here but shows it to the scaler in plain text; put it into a TriggerAuthentication',
      'tlsClientKey: KEDA does not read it here but shows it to the scaler in plain text; put it into a TriggerAuthentication',
    ]);
  });

  it('leave FromEnv on keys whose value came from the environment', () => {
    const { signals } = parseTriggerMetadata({
      queueFromFromEnv: 'jobs',
      queueKey: 'waiting',
      queueTargetFromEnv: '7',
    });
    expect(signals[0]).toEqual({ signal: 'queue', origin: jobs, target: 7, required: true });
  });

  it('never show a value from the environment in an error', () => {
    for (const key of policyKeys) {
      const metadata = { ...queue, ...office, engine: 'vllm', [`${key}FromEnv`]: 'hunter2 \u0007' };
      const given = Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== key));
      try {
        expect(JSON.stringify(parseTriggerMetadata(given).warnings)).not.toContain('hunter2');
      } catch (error) {
        expect((error as InvalidMetadataError).message).not.toContain('hunter2');
      }
    }
  });
});

describe('warnings', () => {
  const onlyCalendar =
    'only the calendar wakes this workload: demand outside business hours is not seen; ' +
    'add queueFrom and queueTarget to see it, or write "offHours: closed" if that is meant';
  const onlyUtilization =
    'GPU utilization alone adds replicas here, and a GPU at 100 % is not overload: one request can keep it there; add queueTarget or runningTarget';
  const always = { timezone: 'UTC', businessHours: 'daily 00:00-24:00 min=1' };
  const cases: [name: string, metadata: Record<string, string>, warnings: string[]][] = [
    ['a calendar that alone can wake', { ...office, engine: 'vllm' }, [onlyCalendar]],
    ['nothing, where off-hours demand is not wanted', { ...office, engine: 'vllm', offHours: 'closed' }, []],
    ['nothing, where there are no off-hours', { ...always, engine: 'vllm' }, []],
    ['off-hours that only holidays make', { ...always, engine: 'vllm', holidays: '12-25' }, [onlyCalendar]],
    [
      'nothing, where windows share the night',
      { timezone: 'UTC', businessHours: 'daily 20:00-08:00; daily 08:00-20:00' },
      [],
    ],
    [
      'settings without effect',
      { ...queue, ...office, drainTimeout: '5m', tokenRateFrom: 'prom', tokenRateQuery: 'x' },
      [
        'drainTimeout: has no effect unless offHours is closed',
        'tokenRateFrom: has no effect without tokenRateTarget or steps that name it',
      ],
    ],
    [
      'a latency that no step looks at',
      { ...queue, engine: 'vllm', latencyP99From: 'prom', latencyP99Query: 'x' },
      ['latencyP99From: has no effect without steps that name latencyP99'],
    ],
    [
      'more settings without effect',
      { ...office, offHours: 'closed', offHoursMaxReplicas: '2', queueActivation: '3' },
      [
        'offHoursMaxReplicas: has no effect where offHours is closed',
        'queueActivation: has no effect without queueTarget',
      ],
    ],
    [
      'GPU memory under an engine that keeps it',
      { ...queue, engine: 'vllm', gpuMemoryTarget: '80' },
      [
        'gpuMemoryTarget: engine vllm takes its GPU memory when it starts and keeps it, so this never falls; kvCacheTarget shows what is in use',
      ],
    ],
    ['GPU memory where it falls again', { ...queue, engine: 'triton', gpuMemoryTarget: '80' }, []],
    [
      'GPU memory under an engine without a KV cache gauge',
      { ...queue, engine: 'tgi', gpuMemoryTarget: '80' },
      ['gpuMemoryTarget: engine tgi takes its GPU memory when it starts and keeps it, so this never falls'],
    ],
    [
      'completions alone, which saturate',
      { ...always, engine: 'vllm', requestRateTarget: '5' },
      [
        'requestRateTarget: engine vllm counts requests when they end, so this does not rise while an overload builds up; add queueTarget or runningTarget or concurrencyTarget',
      ],
    ],
    [
      'completions alone, from an engine without a queue',
      { ...always, engine: 'tensorflow-serving', requestRateTarget: '5' },
      [
        'requestRateTarget: engine tensorflow-serving counts requests when they end, so this does not rise while an overload builds up; add queueFrom and queueTarget',
      ],
    ],
    ['nothing, where a queue stands beside completions', { ...queue, engine: 'seldon', requestRateTarget: '5' }, []],
    ['nothing, where arrivals are counted', { ...always, engine: 'torchserve', requestRateTarget: '5' }, []],
    [
      'a utilization that alone adds replicas',
      { ...always, gpuUtilizationTarget: '80' },
      [`gpuUtilizationTarget: ${onlyUtilization}`],
    ],
    [
      'a mean that is taken for a sum',
      { ...queue, runningFrom: 'prom', runningQuery: 'avg by (model) (vllm:num_requests_running)', runningTarget: '8' },
      [
        "runningQuery: an average is one replica's share, and the target is held against the sum over all; write sum(…)",
      ],
    ],
    [
      "an endpoint picker's mean",
      {
        queueFrom: 'prom',
        queueQuery: 'inference_pool_average_queue_size{name="llama"}',
        queueTarget: '5',
      },
      [
        "queueQuery: inference_pool_average_queue_size is a mean over the pool's endpoints, and the target is held against the sum; multiply it by the number of ready endpoints",
      ],
    ],
    [
      'nothing, where the mean is multiplied, and where it has no target',
      {
        queueFrom: 'prom',
        queueTarget: '5',
        queueQuery: 'inference_pool_average_queue_size * inference_pool_ready_pods',
        runningFrom: 'prom',
        runningQuery: 'avg(x)',
      },
      [],
    ],
    [
      'steps that only add, under targets',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1' },
      [
        'steps: none removes replicas, so what they add is taken back as soon as the targets ask for less; add a step that removes, such as "gpuUtilization < 30 for 10m: -1"',
      ],
    ],
    [
      'steps that only add, alone',
      { ...always, steps: 'gpuUtilization > 70 for 2m: +1' },
      [
        'steps: none removes replicas, so what they add stays until the workload is idle; add a step that removes, such as "gpuUtilization < 30 for 10m: -1"',
        `steps: ${onlyUtilization}`,
      ],
    ],
    [
      'steps between which one replica turns into two and back',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 50 for 10m: -1' },
      [
        'steps: "gpuUtilization > 70 for 2m: +1" turns one replica into two that carry half as much, which "gpuUtilization < 50 for 10m: -1" may turn back into one; let it remove below half of what the other adds at',
      ],
    ],
    [
      'a ratio in a step where percent are meant',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 0.3 for 10m: -1' },
      ['steps: "gpuUtilization < 0.3 for 10m: -1" is in percent, so this is 1 % or less; write 80 for 80 %'],
    ],
    [
      'nothing, where steps add and remove well apart',
      { ...queue, steps: 'gpuUtilization > 70 for 2m: +1; gpuUtilization < 30 for 10m: -1' },
      [],
    ],
    [
      'a mean taken for a sum, not where it is multiplied',
      { ...queue, runningFrom: 'prom', runningQuery: 'avg(vllm:num_requests_running)', runningTarget: '5' },
      [
        "runningQuery: an average is one replica's share, and the target is held against the sum over all; write sum(…)",
      ],
    ],
    [
      'nothing of a mean that is multiplied',
      { ...queue, runningFrom: 'prom', runningQuery: 'avg(running) * count(running)', runningTarget: '5' },
      [],
    ],
    [
      'a mean in a step',
      { ...queue, kvCacheFrom: 'prom', kvCacheQuery: 'llm_d_epp_average_kv_cache_utilization', steps: 'kvCache > 80% for 1m: +1; kvCache < 30% for 10m: -1' }, // prettier-ignore
      [
        "kvCacheQuery: llm_d_epp_average_kv_cache_utilization is a mean over the pool's endpoints, and the target is held against the sum; multiply it by the number of ready endpoints",
      ],
    ],
    [
      'a counter taken for a rate',
      { ...queue, tokenRateFrom: 'prom', tokenRateQuery: 'sum(vllm:generation_tokens_total)', tokenRateTarget: '500' },
      [
        'tokenRateQuery: vllm:generation_tokens_total is a counter, which only ever grows; write sum(rate(vllm:generation_tokens_total[1m]))',
      ],
    ],
    [
      'nothing of a counter out of which a rate is made',
      { ...queue, tokenRateFrom: 'prom', tokenRateQuery: 'sum(rate(vllm:generation_tokens_total[1m]))', tokenRateTarget: '500' }, // prettier-ignore
      [],
    ],
    [
      'milliseconds taken for seconds',
      { ...queue, latencyP99From: 'prom', latencyP99Query: 'histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket[1m])))', steps: 'latencyP99 > 2s for 1m: +50%; queue < 1 for 10m: -1' }, // prettier-ignore
      [
        'latencyP99Query: istio_request_duration_milliseconds_bucket is not in seconds, and latencyP99 is; divide by 1000',
      ],
    ],
    [
      'microseconds taken for seconds',
      { ...queue, latencyP99From: 'prom', latencyP99Query: 'max(nv_inference_request_summary_us{quantile="0.99"})', steps: 'latencyP99 > 2s for 1m: +50%; queue < 1 for 10m: -1' }, // prettier-ignore
      ['latencyP99Query: nv_inference_request_summary_us is not in seconds, and latencyP99 is; divide by 1000000'],
    ],
    [
      'percent taken for a ratio',
      { ...queue, gpuUtilizationFrom: 'prom', gpuUtilizationQuery: 'sum(DCGM_FI_DEV_GPU_UTIL{pod=~"llama.*"})', gpuUtilizationTarget: '80' }, // prettier-ignore
      [
        'gpuUtilizationQuery: DCGM_FI_DEV_GPU_UTIL is in percent, and gpuUtilization is a ratio from 0 to 1; divide by 100',
      ],
    ],
    [
      'nothing of percent that are divided',
      { ...queue, gpuUtilizationFrom: 'prom', gpuUtilizationQuery: 'sum(DCGM_FI_DEV_GPU_UTIL) / 100', gpuUtilizationTarget: '80' }, // prettier-ignore
      [],
    ],
    [
      'a query that counts ends and alone adds replicas',
      {
        requestRateFrom: 'prom',
        requestRateQuery: 'sum(rate(vllm:request_success_total[1m]))',
        requestRateTarget: '2',
      },
      [
        'requestRateTarget: vllm:request_success_total counts requests when they end, so this does not rise while an overload builds up; add queueTarget or runningTarget',
      ],
    ],
    [
      'nothing of such a query beside a queue',
      { ...queue, requestRateFrom: 'prom', requestRateQuery: 'sum(rate(vllm:request_success_total[1m]))', requestRateTarget: '2' }, // prettier-ignore
      [],
    ],
    [
      'steps on ends that alone add replicas',
      { ...always, engine: 'triton', steps: 'requestRate > 5 for 1m: +1; requestRate < 2 for 10m: -1' },
      [
        'steps: engine triton counts requests when they end, so this does not rise while an overload builds up; add queueTarget or runningTarget',
      ],
    ],
    [
      'latency that alone adds replicas',
      { ...always, engine: 'vllm', steps: 'latencyP99 > 2s for 1m: +50%; running < 2 for 10m: -1' },
      [
        'steps: latency alone adds replicas here, and is known only once requests end, which in an overload is late; add queueTarget or runningTarget',
      ],
    ],
    [
      'GPU memory that alone adds replicas',
      { ...always, gpuMemoryTarget: '80' },
      [
        'gpuMemoryTarget: GPU memory alone adds replicas here, and tells little of load, for few servers ever give it back; add queueTarget or runningTarget',
      ],
    ],
    [
      'steps by memory that the engine keeps',
      { ...queue, engine: 'vllm', steps: 'gpuMemory > 90 for 2m: +1; queue < 1 for 10m: -1' },
      [
        'steps: "gpuMemory > 90 for 2m: +1" adds again after each change, up to maxReplicaCount: engine vllm takes its GPU memory when it starts and keeps it; kvCache shows what is in use',
      ],
    ],
    [
      'a step that removes by memory that the engine keeps',
      { ...queue, engine: 'tgi', steps: 'gpuMemory < 30 for 10m: -1' },
      [
        'steps: "gpuMemory < 30 for 10m: -1" never applies: engine tgi takes its GPU memory when it starts and keeps it',
      ],
    ],
    [
      'steps that only remove',
      { ...always, steps: 'gpuUtilization < 30 for 10m: -1' },
      [
        'steps: none adds replicas, and there is no target, so they only ever fall; add a step such as "queue > 5 for 1m: +1", or a target',
      ],
    ],
    [
      'exporters whose name is misspelt',
      { ...queue, gpuFrom: 'exporters' },
      ['gpuFrom: is taken for the name of a connection; did you mean "exporter"?'],
    ],
    [
      'a ratio where percent are meant',
      { ...queue, gpuUtilizationTarget: '0.8' },
      ['gpuUtilizationTarget: is in percent, so this is 1 % or less; write 80 for 80 %'],
    ],
  ];
  it.each(cases)('tell of %s', (_name, metadata, warnings) => {
    expect(parseTriggerMetadata(metadata).warnings).toEqual(warnings);
  });
});

describe('any text', () => {
  const word = fc.constantFrom(
    'Mon',
    'daily',
    '08:00-20:00',
    '24:00',
    'min=1',
    ';',
    ',',
    '-',
    'DE',
    '12-24',
    '2026-02-29',
    '5',
    '1h',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word).map((words) => words.join(' ')),
  );
  const key = fc.oneof(
    fc.constantFrom(...policyKeys),
    fc.constantFrom(...policyKeys).map((name) => `${name}FromEnv`),
    fc.string(),
  );

  it('gives a policy or an InvalidMetadataError, and nothing else', () => {
    fc.assert(
      fc.property(fc.dictionary(key, text, { maxKeys: 12 }), (metadata) => {
        try {
          expect(parseTriggerMetadata({ ...queue, ...metadata }).signals.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidMetadataError);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is read quickly, however long', () => {
    const longest = 16_384;
    for (const part of [
      'a',
      '1',
      '-',
      ',',
      ';',
      ' ',
      'Mon-',
      'DE-',
      'Mon,',
      '12-24,',
      '1h',
      'min=1 ',
      'Mon 08:00-20:00;',
      '/',
      '"',
    ]) {
      const value = part.repeat(longest / part.length);
      const metadata = Object.fromEntries(policyKeys.map((name) => [name, value]));
      expect(() => parseTriggerMetadata(metadata)).toThrow(InvalidMetadataError);
    }
  });

  it.each(['__proto__', 'constructor', 'toString'])('makes %s an unknown key', (name) => {
    const metadata = Object.defineProperty({ ...queue }, name, { value: 'x', enumerable: true });
    expect(() => parseTriggerMetadata(metadata)).toThrow(`unknown key "${name}"`);
  });
});
