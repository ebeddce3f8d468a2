import { loadExternalScaler } from '../external-scaler-client.ts';
import type { Ref } from '../external-scaler-client.ts';
import { pause } from '../program.ts';
import { encodeCall, GrpcLoad } from './grpc-load.ts';
import type { EncodedCall } from './grpc-load.ts';

/** Three calls, as KEDA makes them one after the other: twice a minute by itself, four times for the HPA. */
const roundsPerMinute = 6;
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
 * Calls as KEDA does for all these ScaledObjects over one connection, `times` as often, spread evenly over the time; their
 * triggers are of type external-push, so the stream of each stays open on the same connection meanwhile. Calls come when
 * they are due, however slow the answers are, so a scaler that stalls is seen to stall.
 */
export async function callAsKeda(
  port: number,
  refs: readonly Ref[],
  times: number,
  durationMs: number,
): Promise<CallReport> {
  const rounds = refs.map(encodeRound);
  const load = new GrpcLoad(port);
  for (const { stream } of rounds) load.hold(stream);
  await pause(streamsOpenMs);
  const tally = { calls: 0, failed: 0, getMetricsMs: [] as number[] };
  const perMs = (refs.length * roundsPerMinute * times) / 60_000;
  const [startMs, before] = [performance.now(), process.cpuUsage()];
  let sent = 0;
  while (performance.now() - startMs < durationMs) {
    for (; sent < (performance.now() - startMs) * perMs; sent += 1) {
      const round = rounds[sent % rounds.length];
      if (round) callRound(load, round, startMs + sent / perMs, tally);
    }
    await pause(1);
  }
  const { user, system } = process.cpuUsage(before);
  const clientCores = (user + system) / 1_000 / (performance.now() - startMs);
  for (let waits = 0; load.open > 0 && waits < 100; waits += 1) await pause(50);
  tally.failed += load.open;
  load.close();
  return { ...tally, clientCores };
}

/** GetMetricSpec, then GetMetrics, then IsActive: each when the one before has ended. */
function callRound(
  load: GrpcLoad,
  { spec, metrics, active }: Round,
  dueMs: number,
  tally: { calls: number; failed: number; getMetricsMs: number[] },
): void {
  const count = (answered: boolean): void => {
    tally.calls += 1;
    if (!answered) tally.failed += 1;
  };
  const callActive = (): void => {
    load.call(active, performance.now(), count);
  };
  const callMetrics = (): void => {
    load.call(metrics, performance.now(), (answered, ms) => {
      count(answered);
      tally.getMetricsMs.push(ms);
      callActive();
    });
  };
  load.call(spec, dueMs, (answered) => {
    count(answered);
    callMetrics();
  });
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
