import { credentials } from '@grpc/grpc-js';
import { errorText } from '../../src/domain/error-text.ts';
import type { ExternalScalerClient } from '../../src/generated/externalscaler/ExternalScaler.ts';
import { getMetrics, isActive, loadExternalScaler } from '../external-scaler-client.ts';
import type { Ref } from '../external-scaler-client.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { pause } from '../program.ts';
import { openCluster } from './cluster-scene.ts';
import type { ClusterScene, ScalerOfScene } from './cluster-scene.ts';
import { startService } from './service.ts';
import type { Service } from './service.ts';
import { untilDecided } from './settle.ts';

/** A quarter of KEDA's own rate: grpc-js's client, which reconnects as KEDA's does, takes as much CPU as the scalers. */
const callsPerSecond = 150;
const roundRobin = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/**
 * Two replicas restart in turn, as a Deployment of the chart has it: when the replica that takes its place is ready, the old
 * one gets no new connections and is told to stop. Meanwhile a client calls over the Service, and asks once more where a
 * call fails, as KEDA does. What fails twice is an error.
 */
export const rollingRestart: Benchmark = {
  figures: ['cluster.rolling_restart_errors'],
  run: measureRestart,
};

interface Tally {
  calls: number;
  retries: number;
  readonly errors: string[];
}

async function measureRestart(): Promise<Figure[]> {
  const scene = await openCluster();
  try {
    const replicas = await Promise.all([scene.startScaler(), scene.startScaler()]);
    for (const replica of replicas) await untilDecided(replica, scene.refs.length);
    const service = await startService(replicas.map(({ grpcPort }) => grpcPort));
    const client = connectTo(service);
    const tally: Tally = { calls: 0, retries: 0, errors: [] };
    const load = new AbortController();
    const calling = keepCalling(client, scene.refs, tally, load.signal);
    await pause(5_000);
    for (const old of replicas) await replace(scene, old, service);
    load.abort();
    await calling;
    client.close();
    service.close();
    const note = [`${tally.calls} calls, ${tally.retries} asked twice`, ...kindsOf(tally.errors)].join('; ');
    const value = tally.errors.length;
    return [{ figure: 'cluster.rolling_restart_errors', value, unit: 'errors', goal: { atMost: 0 }, note }];
  } finally {
    await scene.end();
  }
}

/** Errors by what they say, but for numbers: `12 × 14 UNAVAILABLE: …`. */
function kindsOf(errors: readonly string[]): string[] {
  const kinds = Map.groupBy(errors, (error) => error.replaceAll(/(?<=[-/])\d+/g, 'N'));
  return [...kinds].map(([kind, { length }]) => `${length} × ${kind}`).slice(0, 3);
}

async function replace(scene: ClusterScene, old: ScalerOfScene, service: Service): Promise<void> {
  const { grpcPort } = await scene.startScaler();
  service.ready = [...service.ready.filter((port) => port !== old.grpcPort), grpcPort];
  await old.program.stop();
  await pause(5_000);
}

/** One connection at a time, as KEDA has it. */
function connectTo({ port }: Service): ExternalScalerClient {
  const Client = loadExternalScaler();
  return new Client(`127.0.0.1:${port}`, credentials.createInsecure(), { 'grpc.service_config': roundRobin });
}

async function keepCalling(
  client: ExternalScalerClient,
  refs: readonly Ref[],
  tally: Tally,
  stop: AbortSignal,
): Promise<void> {
  const open = new Set<Promise<void>>();
  for (let next = 0; !stop.aborted; next += 1) {
    const ref = refs[next % refs.length];
    if (!ref) break;
    const call = callTwice(next % 2 === 0 ? () => getMetrics(client, ref) : () => isActive(client, ref), tally);
    open.add(call);
    void call.finally(() => open.delete(call));
    await pause(1_000 / callsPerSecond);
  }
  await Promise.all(open);
}

async function callTwice(call: () => Promise<unknown>, tally: Tally): Promise<void> {
  tally.calls += 1;
  try {
    await call();
  } catch {
    tally.retries += 1;
    await call().catch((error: unknown) => tally.errors.push(errorText(error)));
  }
}
