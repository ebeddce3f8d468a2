import { credentials } from '@grpc/grpc-js';
import type { ExternalScalerClient } from '../../src/generated/externalscaler/ExternalScaler.ts';
import { getMetrics, isActive, loadExternalScaler } from '../external-scaler-client.ts';
import type { Ref } from '../external-scaler-client.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { pause } from '../program.ts';
import { openCluster } from './cluster-scene.ts';
import type { ClusterScene, ScalerOfScene } from './cluster-scene.ts';

/** A quarter of KEDA's own rate: grpc-js's client, which balances and reconnects as KEDA's does, takes as much CPU as the scalers. */
const callsPerSecond = 150;
const roundRobin = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/**
 * Two replicas restart in turn, each when the other is ready, while a client calls both in turn and asks once more where a
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
    const client = connectTo(replicas);
    const tally: Tally = { calls: 0, retries: 0, errors: [] };
    const load = new AbortController();
    const calling = keepCalling(client, scene.refs, tally, load.signal);
    await pause(5_000);
    for (const replica of replicas) await restart(scene, replica);
    await pause(5_000);
    load.abort();
    await calling;
    client.close();
    const [example] = tally.errors;
    const note = `${tally.calls} calls, ${tally.retries} asked twice${example === undefined ? '' : `; ${example}`}`;
    const value = tally.errors.length;
    return [{ figure: 'cluster.rolling_restart_errors', value, unit: 'errors', goal: { atMost: 0 }, note }];
  } finally {
    await scene.end();
  }
}

async function restart(scene: ClusterScene, { program, grpcPort, httpPort }: ScalerOfScene): Promise<void> {
  await program.stop();
  await scene.startScaler({ grpcPort, httpPort });
  await pause(3_000);
}

/** One client over both replicas, as KEDA's is over a headless Service. */
function connectTo(replicas: readonly ScalerOfScene[]): ExternalScalerClient {
  const Client = loadExternalScaler();
  const addresses = replicas.map(({ grpcPort }) => `127.0.0.1:${grpcPort}`).join();
  return new Client(`ipv4:${addresses}`, credentials.createInsecure(), { 'grpc.service_config': roundRobin });
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
    await call().catch((error: unknown) => tally.errors.push(error instanceof Error ? error.message : String(error)));
  }
}
