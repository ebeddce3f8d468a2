import { startBare } from '../bare.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { asInTheChart, cpuSeconds } from '../program.ts';
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
    await settle(scaler, scene.refs);
    const connection = await KedaConnection.open(scaler.grpcPort, scene.refs);
    const { pid } = scaler.program;
    const [startSeconds, start] = [cpuSeconds(pid), performance.now()];
    const own = await connection.call(1, ownRateMs);
    const cores = (cpuSeconds(pid) - startSeconds) / ((performance.now() - start) / 1_000);
    const tenfold = await callTenfold(connection);
    const p99 = percentile(tenfold.getMetricsMs, 0.99);
    const bareP99 = await bareP99Ms(scene);
    const callsPerSecond = Math.round(own.calls / (ownRateMs / 1_000));
    const cpuNote = `${callsPerSecond} calls/s, ${own.failed} failed; client ${own.clientCores.toFixed(2)} cores; ${scene.cores.note}`;
    const p99Note =
      `${Math.round(tenfold.calls / (tenfoldMs / 1_000))} calls/s, ${tenfold.failed} failed; ` +
      `median ${percentile(tenfold.getMetricsMs, 0.5).toFixed(1)} ms, client ${tenfold.clientCores.toFixed(2)} cores; ` +
      `bare grpc-js server ${bareP99.toFixed(1)} ms; ${scene.cores.note}`;
    return [
      { figure: 'cluster.cpu_cores', value: cores, unit: 'cores', goal: { atMost: 0.5 }, note: cpuNote },
      { figure: 'cluster.get_metrics_p99', value: p99, unit: 'ms', goal: { atMost: 10 }, note: p99Note },
    ];
  } finally {
    await scene.end();
  }
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
