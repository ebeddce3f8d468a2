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
