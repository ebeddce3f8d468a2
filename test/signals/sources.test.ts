import { describe, expect, it, onTestFinished } from 'vitest';
import type { SignalOrigin, SignalPlan } from '../../src/domain/policy.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import { parseConnections } from '../../src/signals/connections/connections.ts';
import { createSignalEnvironment } from '../../src/signals/environment.ts';
import type { SignalEnvironment } from '../../src/signals/environment.ts';
import { createSources } from '../../src/signals/sources.ts';
import { policy, workload } from '../support/builders.ts';
import { HandClock } from '../support/hand-clock.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import { RedisStandIn } from '../support/redis-stand-in.ts';

const text = `connections:
  jobs: { type: redis, url: redis://127.0.0.1:1, namespaces: [inference] }
  gateway: { type: prometheus, url: http://127.0.0.1:1, namespaces: [inference] }
  payroll: { type: redis, url: redis://127.0.0.1:1, namespaces: [payroll] }
`;

function environmentOf(connections = text, exporters: readonly string[] = []): SignalEnvironment {
  const environment = createSignalEnvironment({
    connections: parseConnections(connections, 'connections.yaml'),
    exporters,
    clock: new HandClock(),
    readIntervalMs: 1_000,
    readTimeoutMs: 2_000,
  });
  onTestFinished(() => environment.close());
  return environment;
}

function plan(signal: SignalName, origin: SignalOrigin): SignalPlan {
  return { signal, origin, required: true };
}

function connection(name: string, what: { query?: string; key?: string; group?: string } = {}): SignalOrigin {
  return { kind: 'connection', connection: name, ...what };
}

const vllm: SignalOrigin = { kind: 'engine', engine: 'vllm', port: 8000, path: '/metrics' };
const llamaCpp: SignalOrigin = { ...vllm, engine: 'llama-cpp', port: 8080 };
const { ref } = workload();

describe('createSources', () => {
  it('makes one source for all the signals of an origin', () => {
    const plans = [
      plan('queue', connection('jobs', { key: 'todo', group: 'workers' })),
      plan('running', { group: 'workers', key: 'todo', connection: 'jobs', kind: 'connection' }),
      plan('kvCache', vllm),
      plan('requestRate', connection('gateway', { query: 'rate(a[1m])' })),
      plan('tokenRate', connection('gateway', { query: 'rate(b[1m])' })),
      plan('gpuUtilization', { kind: 'exporter' }),
      plan('gpuMemory', { kind: 'exporter' }),
      plan('concurrency', connection('gateway', { query: 'rate(b[1m])' })),
      plan('queue', { kind: 'gpu-connection', connection: 'gateway' }),
      plan('gpuUtilization', { kind: 'gpu-connection', connection: 'gateway' }),
    ];
    const sources = createSources(policy({ signals: plans }), ref, environmentOf());
    expect(sources.map(({ label, signals }) => [label, signals])).toEqual([
      ['redis jobs', ['queue', 'running']],
      ['vllm pods', ['kvCache']],
      ['prometheus gateway', ['requestRate']],
      ['prometheus gateway', ['tokenRate', 'concurrency']],
      ['exporter', ['gpuUtilization', 'gpuMemory']],
      ['prometheus gateway', ['gpuUtilization']],
      ['prometheus gateway', ['queue']],
    ]);
    expect(createSources(policy(), ref, environmentOf())).toEqual([]);
  });

  it.each<[string, SignalPlan, string, string]>([
    [
      'an unknown connection',
      plan('queue', connection('job')),
      'connection job',
      'no connection "job"; did you mean "jobs"?',
    ],
    [
      "another namespace's connection",
      plan('queue', connection('payroll')),
      'connection payroll',
      `connection "payroll" may not be used from namespace "inference"; its "namespaces" in the scaler's connections say from where`,
    ],
    [
      'a Redis without a key',
      plan('queue', connection('jobs')),
      'redis jobs',
      'connection "jobs" is a Redis; name the list, stream, sorted set or queue with queueKey',
    ],
    [
      'a Redis with a query',
      plan('running', connection('jobs', { query: 'up' })),
      'redis jobs',
      'connection "jobs" is a Redis, which takes no query; write runningKey in the place of runningQuery',
    ],
    [
      'a Prometheus without a query',
      plan('queue', connection('gateway', { key: 'todo' })),
      'prometheus gateway',
      'connection "gateway" is a Prometheus; say what to ask it with queueQuery',
    ],
    [
      'a signal that Redis does not tell',
      plan('kvCache', connection('jobs', { key: 'todo' })),
      'redis jobs',
      'redis jobs does not tell kvCache; it tells queue, running, concurrency',
    ],
    [
      'a signal that the engine does not tell',
      plan('requestRate', llamaCpp),
      'llama-cpp',
      'llama-cpp does not tell requestRate; it tells queue, running, concurrency, tokenRate',
    ],
    [
      'GPUs from a connection that there is not',
      plan('gpuUtilization', { kind: 'gpu-connection', connection: 'dcgm-exporter' }),
      'connection dcgm-exporter',
      'no connection "dcgm-exporter"; namespace "inference" may use gateway, jobs (gpuFrom takes "exporter", "dcgm" or the name of a Prometheus connection)',
    ],
    [
      "GPUs from another namespace's connection",
      plan('gpuUtilization', { kind: 'gpu-connection', connection: 'payroll' }),
      'connection payroll',
      `connection "payroll" may not be used from namespace "inference"; its "namespaces" in the scaler's connections say from where (gpuFrom takes "exporter", "dcgm" or the name of a Prometheus connection)`,
    ],
    [
      'GPUs from a Redis',
      plan('gpuMemory', { kind: 'gpu-connection', connection: 'jobs' }),
      'connection jobs',
      'connection "jobs" is a Redis, which knows no GPUs (gpuFrom takes "exporter", "dcgm" or the name of a Prometheus connection)',
    ],
    [
      'a signal that exporters do not tell',
      plan('queue', { kind: 'exporter' }),
      'exporter',
      'exporter does not tell queue; it tells gpuUtilization, gpuMemory',
    ],
  ])('makes a source that says why it can not be used: %s', async (_, plan, label, reason) => {
    const [source, ...more] = createSources(policy({ signals: [plan] }), ref, environmentOf());
    expect(more).toEqual([]);
    expect(source).toMatchObject({ label, signals: [plan.signal] });
    await expect(source?.read(workload(), AbortSignal.timeout(1_000))).rejects.toThrow(new Error(reason));
  });

  it('reads what can be read beside what can not', () => {
    const plans = [plan('queue', llamaCpp), plan('requestRate', llamaCpp)];
    const sources = createSources(policy({ signals: plans }), ref, environmentOf());
    expect(sources.map(({ label, signals }) => [label, signals])).toEqual([
      ['llama-cpp pods', ['queue']],
      ['llama-cpp', ['requestRate']],
    ]);
  });
});

describe('a signal environment', () => {
  it('has one Redis connection for all ScaledObjects, and closes what it opened', async () => {
    const redis = await RedisStandIn.start();
    const exporter = await startHttpStandIn({ body: '# nothing\n' });
    onTestFinished(async () => {
      await redis.server.stop();
      await exporter.server.stop();
    });
    const environment = environmentOf(text.replaceAll('redis://127.0.0.1:1', redis.url), [exporter.url]);
    const signals = [plan('queue', connection('jobs', { key: 'todo' })), plan('gpuMemory', { kind: 'exporter' })];
    const sources = ['a', 'b', 'c'].flatMap((name) =>
      createSources(policy({ signals }), { ...ref, name }, environment),
    );
    await Promise.all(sources.map((source) => source.read(workload(), AbortSignal.timeout(2_000))));
    expect(redis.server.connections).toBe(1);
    expect(exporter.seen.length).toBe(1);
    environment.close();
    await expect.poll(() => redis.server.connections + exporter.server.connections).toBe(0);
  });

  it('tells connections apart', () => {
    const environment = environmentOf();
    const jobs = environment.connections.lookup('jobs', 'inference');
    const payroll = environment.connections.lookup('payroll', 'payroll');
    if (jobs.state !== 'found' || payroll.state !== 'found') throw new Error('not found');
    const clientOf = (found: typeof jobs): unknown => environment.open(found.connection);
    expect(clientOf(jobs)).toBe(clientOf(jobs));
    expect(clientOf(jobs)).not.toBe(clientOf(payroll));
  });

  it('refuses exporters that are none', () => {
    expect(() => environmentOf(text, ['exporter:9400'])).toThrow(/"exporter:9400" is no exporter/);
  });
});
