import { loadExternalScaler } from '../external-scaler-client.ts';
import type { Ref } from '../external-scaler-client.ts';
import { pause } from '../program.ts';
import { encodeCall } from './encoded-call.ts';
import type { EncodedCall } from './encoded-call.ts';
import { GrpcLoad } from './grpc-load.ts';

/** Three calls, as KEDA makes them one after the other: twice a minute by itself, four times for the HPA. */
const roundsPerMinute = 6;
const hpaRoundsPerMinute = 4;
/** How long the API server waits for an answer for the HPA. KEDA hands it on; by itself it waits for ever. */
const hpaTimeoutMs = 60_000;
/** So that all streams are open before the first call. */
const streamsOpenMs = 2_000;

/** What came of the calls. */
export interface CallReport {
  readonly calls: number;
  readonly failed: number;
  /** Of GetMetrics, each from the moment at which it was due. */
  readonly getMetricsMs: readonly number[];
  /** CPU of this process while it called, in cores. */
  readonly clientCores: number;
}

interface Round {
  readonly stream: EncodedCall;
  readonly spec: EncodedCall;
  readonly metrics: EncodedCall;
  readonly active: EncodedCall;
}

/**
 * KEDA's one connection to a scaler. The triggers are of type external-push, so the stream of each stays open on it, while
 * calls are made beside them.
 */
export class KedaConnection {
  readonly #load: GrpcLoad;
  readonly #rounds: readonly Round[];

  private constructor(load: GrpcLoad, rounds: readonly Round[]) {
    this.#load = load;
    this.#rounds = rounds;
  }

  /** Resolves when the streams of all these triggers have been opened. */
  static async open(port: number, refs: readonly Ref[]): Promise<KedaConnection> {
    const [load, rounds] = [new GrpcLoad(port), refs.map(encodeRound)];
    for (const { stream } of rounds) load.hold(stream);
    await pause(streamsOpenMs);
    return new KedaConnection(load, rounds);
  }

  /** How many triggers there are. */
  get triggers(): number {
    return this.#rounds.length;
  }

  /**
   * Calls as KEDA does for all ScaledObjects, `times` as often, spread evenly over the time. Calls come when they are due,
   * however slow the answers are, so a scaler that stalls is seen to stall.
   */
  async call(times: number, durationMs: number): Promise<CallReport> {
    const tally = { calls: 0, failed: 0, getMetricsMs: [] as number[] };
    const perMs = (this.#rounds.length * roundsPerMinute * times) / 60_000;
    const [startMs, before] = [performance.now(), process.cpuUsage()];
    let sent = 0;
    while (performance.now() - startMs < durationMs) {
      for (; sent < (performance.now() - startMs) * perMs; sent += 1) {
        const round = this.#rounds[sent % this.#rounds.length];
        const deadlineMs = sent % roundsPerMinute < hpaRoundsPerMinute ? performance.now() + hpaTimeoutMs : undefined;
        if (round) callRound(this.#load, round, { dueMs: startMs + sent / perMs, deadlineMs }, tally);
      }
      await pause(1);
    }
    const { user, system } = process.cpuUsage(before);
    const clientCores = (user + system) / 1_000 / (performance.now() - startMs);
    for (let waits = 0; this.#load.open > 0 && waits < 100; waits += 1) await pause(50);
    tally.failed += this.#load.open;
    return { ...tally, clientCores };
  }

  close(): void {
    this.#load.close();
  }
}

/** Calls for a time over a connection of its own. */
export async function callAsKeda(
  port: number,
  refs: readonly Ref[],
  times: number,
  durationMs: number,
): Promise<CallReport> {
  const connection = await KedaConnection.open(port, refs);
  const report = await connection.call(times, durationMs);
  connection.close();
  return report;
}

/** GetMetricSpec, then GetMetrics, then IsActive: each when the one before has ended. */
function callRound(
  load: GrpcLoad,
  { spec, metrics, active }: Round,
  { dueMs, deadlineMs }: { readonly dueMs: number; readonly deadlineMs: number | undefined },
  tally: { calls: number; failed: number; getMetricsMs: number[] },
): void {
  const count = (answered: boolean): void => {
    tally.calls += 1;
    if (!answered) tally.failed += 1;
  };
  const callActive = (): void => {
    load.call(active, performance.now(), count, deadlineMs);
  };
  const callMetrics = (): void => {
    const ended = (answered: boolean, ms: number): void => {
      count(answered);
      tally.getMetricsMs.push(ms);
      callActive();
    };
    load.call(metrics, performance.now(), ended, deadlineMs);
  };
  const specEnded = (answered: boolean): void => {
    count(answered);
    callMetrics();
  };
  load.call(spec, dueMs, specEnded, deadlineMs);
}

const { service } = loadExternalScaler();

function encodeRound(ref: Ref): Round {
  const { GetMetricSpec: spec, GetMetrics: metrics, IsActive: active, StreamIsActive: stream } = service;
  return {
    stream: encodeCall(stream.path, stream.requestSerialize(ref)),
    spec: encodeCall(spec.path, spec.requestSerialize(ref)),
    metrics: encodeCall(
      metrics.path,
      metrics.requestSerialize({ scaledObjectRef: ref, metricName: 'required-replicas' }),
    ),
    active: encodeCall(active.path, active.requestSerialize(ref)),
  };
}
