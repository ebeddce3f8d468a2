import { startBare } from '../bare.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { watchCores } from '../processes.ts';
import { asInTheChart } from '../program.ts';
import { percentile } from '../statistics.ts';
import { openCluster } from './cluster-scene.ts';
import type { ClusterScene } from './cluster-scene.ts';
import { KedaConnection } from './keda-calls.ts';
import type { CallReport } from './keda-calls.ts';
import { settle } from './settle.ts';

const ownRateMs = 30_000;
const tenfoldMs = 30_000;
/** In which code and connection get warm. */
const warmUpMs = 5_000;

/**
 * One scaler with 2,000 active ScaledObjects and 10,000 engine pods, each pod's 50 kB of metrics read in turn: its CPU at
 * KEDA's own call rate, and how long GetMetrics takes at ten times that. Beside it stands how long a bare grpc-js server takes for
 * the same calls on the same machine: no scaler that is built on it answers sooner.
 */
export const clusterCalls: Benchmark = {
  figures: ['cluster.cpu_cores', 'cluster.get_metrics_p99'],
  run: measureCalls,
};

async function measureCalls(): Promise<Figure[]> {
  const scene = await openCluster();
  try {
    const scaler = await scene.startScaler();
    const connection = await KedaConnection.open(scaler.grpcPort, scene.refs);
    await settle(scaler, connection);
    return [await coresAtOwnRate(scaler.program.pid, connection, scene), await p99AtTenfold(connection, scene)];
  } finally {
    await scene.end();
  }
}

async function coresAtOwnRate(pid: number, connection: KedaConnection, { cores }: ClusterScene): Promise<Figure> {
  const taken = watchCores(pid);
  const { calls, failed, clientCores } = await connection.call(1, ownRateMs);
  const value = taken();
  const callsPerSecond = Math.round(calls / (ownRateMs / 1_000));
  const note = `${callsPerSecond} calls/s, ${failed} failed; client ${clientCores.toFixed(2)} cores; ${cores.note}`;
  return { figure: 'cluster.cpu_cores', value, unit: 'cores', goal: { atMost: 0.5 }, note };
}

async function p99AtTenfold(connection: KedaConnection, scene: ClusterScene): Promise<Figure> {
  const { calls, failed, clientCores, getMetricsMs } = await callTenfold(connection);
  const bareMs = await bareP99Ms(scene);
  const note =
    `${Math.round(calls / (tenfoldMs / 1_000))} calls/s, ${failed} failed; ` +
    `median ${percentile(getMetricsMs, 0.5).toFixed(1)} ms, client ${clientCores.toFixed(2)} cores; ` +
    `bare grpc-js server ${bareMs.toFixed(1)} ms; ${scene.cores.note}`;
  const value = percentile(getMetricsMs, 0.99);
  return { figure: 'cluster.get_metrics_p99', value, unit: 'ms', goal: { atMost: 10 }, note };
}

async function callTenfold(connection: KedaConnection): Promise<CallReport> {
  await connection.call(10, warmUpMs);
  const report = await connection.call(10, tenfoldMs);
  connection.close();
  return report;
}

/** Of a bare server, while the scaler goes on reading. */
async function bareP99Ms({ refs, cores }: ClusterScene): Promise<number> {
  const bare = await startBare(asInTheChart.scaler.flags, cores.measured);
  try {
    const { getMetricsMs } = await callTenfold(await KedaConnection.open(bare.port, refs));
    return percentile(getMetricsMs, 0.99);
  } finally {
    await bare.program.stop();
  }
}
