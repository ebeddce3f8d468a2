import { MessageChannel } from 'node:worker_threads';
import type { PemFiles } from '../../src/credentials/pem-files.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { refKey } from '../../src/domain/workload.ts';
import type { ScaledObjectRef } from '../../src/domain/workload.ts';
import type { ScaledObjectEvent } from '../../src/kubernetes/event-recorder.ts';
import { systemClock } from '../../src/program/system-clock.ts';
import type { Port } from '../../src/scaler/answers/message.ts';
import { serveFront } from '../../src/scaler/grpc/front.ts';
import type { FrontSetting } from '../../src/scaler/grpc/front.ts';
import { ScalerMetrics } from '../../src/scaler/http/metrics.ts';
import { ReadTurns } from '../../src/scaler/trigger/read-turns.ts';
import { serveScaler } from '../../src/scaler/service.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { FakeSignals } from './fake-signals.ts';
import { FakeWorkloads } from './fake-workloads.ts';
import { HandClock } from './hand-clock.ts';
import { KedaClient } from './keda-client.ts';
import type { Trigger } from './keda-client.ts';

/** A trigger that wakes by a queue and scales by it. */
export function queueTrigger(name = 'llama', more: Readonly<Record<string, string>> = {}): Trigger {
  const metadata = {
    scalerAddress: 'scaler:6000',
    queueFrom: 'gateway',
    queueQuery: 'waiting',
    queueTarget: '5',
    ...more,
  };
  return { namespace: 'inference', name, metadata };
}

export interface RunningScaler {
  readonly clock: HandClock;
  readonly workloads: FakeWorkloads;
  /** Events on ScaledObjects, in order. */
  readonly events: readonly (ScaledObjectEvent & { readonly ref: string })[];
  /** Deletion costs that were asked for, in order: `llama-1 -2`, or `llama-1 none`. */
  readonly deletionCosts: readonly string[];
  /** The signals of one ScaledObject, shared by its triggers. */
  readonly signalsOf: (ref: Pick<ScaledObjectRef, 'namespace' | 'name'>) => FakeSignals;
  /** `host:port` of the gRPC server. */
  readonly address: string;
  readonly keda: KedaClient;
  readonly http: (path: string) => Promise<Response>;
  /** Stops the scaler, as SIGTERM does. */
  stop(): Promise<void>;
  /** Stops the scaler and its client. */
  close(): Promise<void>;
}

/**
 * The scaler in this process, on ports of its own, with signals and workloads that a test sets. Decisions go by a clock
 * driven by hand, connections by the world's unless another is given.
 */
export async function runScaler(
  given: { transportClock?: Clock; maxConnectionAgeMs?: number; tls?: PemFiles } = {},
): Promise<RunningScaler> {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const workloads = new FakeWorkloads();
  const events: (ScaledObjectEvent & { ref: string })[] = [];
  const deletionCosts: string[] = [];
  const signals = new Map<string, FakeSignals>();
  const signalsOf: RunningScaler['signalsOf'] = (ref) => {
    const own = signals.get(refKey(ref)) ?? new FakeSignals(clock);
    signals.set(refKey(ref), own);
    return own;
  };
  const transportClock = given.transportClock ?? systemClock;
  // What is a thread of its own in the program: in this one, so that it goes by the same clock.
  const startGrpc = (setting: FrontSetting): Port => {
    const { port1, port2 } = new MessageChannel();
    void serveFront(port2, setting, { clock, transportClock }).then(() => port2.close());
    return port1;
  };
  const service = await serveScaler(
    {
      workloads,
      events: { record: ({ namespace, name }, event) => events.push({ ...event, ref: `${namespace}/${name}` }) },
      deletionCosts: { set: ({ name }, cost) => deletionCosts.push(`${name} ${cost ?? 'none'}`) },
      signalsOf: (_, ref) => signalsOf(ref),
      turns: new ReadTurns(clock, 700),
      metrics: new ScalerMetrics(),
      logger: createLogger('test', 'silent'),
      startGrpc,
      clock,
      transportClock,
    },
    {
      host: '127.0.0.1',
      grpcPort: 0,
      httpPort: 0,
      readIntervalMs: 1_000,
      readTimeoutMs: 2_000,
      maxConnectionAgeMs: given.maxConnectionAgeMs ?? 600_000,
      hpaTolerance: 0.1,
      tls: given.tls,
    },
  );
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= service.stop());
  const address = `127.0.0.1:${service.grpcPort}`;
  const keda = new KedaClient(address);
  return {
    clock,
    workloads,
    events,
    deletionCosts,
    signalsOf,
    address,
    keda,
    http: (path: string) => fetch(`http://127.0.0.1:${service.httpPort}${path}`),
    stop,
    async close() {
      keda.close();
      await stop();
    },
  };
}
