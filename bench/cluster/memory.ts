import type { Benchmark, Figure } from '../figure.ts';
import { residentMiB } from '../program.ts';
import { Churn, roundsInTenMinutes } from './churn.ts';
import { openCluster } from './cluster-scene.ts';
import { KedaConnection } from './keda-calls.ts';
import { settle } from './settle.ts';
import { PushStreams } from './streams-client.ts';

const roundMs = 12_000;
const hurriedRoundMs = 1_200;
const minute = roundsInTenMinutes / 10;

/** Memory after ten minutes of churn: at the speed of life when asked for by name, else the same churn ten times as fast. */
export const clusterMemory: Benchmark = {
  figures: ['cluster.rss'],
  run: async (asked) =>
    withChurn(async (churn, rss) => {
      await churn.run(roundsInTenMinutes, asked ? roundMs : hurriedRoundMs);
      const note = `10 minutes of churn${asked ? '' : ' in one'}: 10,000 pods replaced, 200 ScaledObjects gone and new, 2,000 streams`;
      return [{ figure: 'cluster.rss', value: rss(), unit: 'MiB', goal: { atMost: 400 }, note }];
    }),
};

/** Thirty minutes of churn: memory at their end over that after the first ten, in which all there is has been met once. */
export const clusterSoak: Benchmark = {
  figures: ['cluster.soak_rss_growth'],
  onlyWhenAsked: true,
  run: () =>
    withChurn(async (churn, rss) => {
      const samples: number[] = [];
      for (let passed = 0; passed < 30; passed += 1) {
        await churn.run(minute, roundMs);
        samples.push(rss());
      }
      const value = peak(samples.slice(25)) / peak(samples.slice(5, 10));
      const note = `MiB after each fifth minute: ${samples
        .filter((_, at) => at % 5 === 4)
        .map(Math.round)
        .join(', ')}`;
      return [{ figure: 'cluster.soak_rss_growth', value, unit: 'ratio', goal: { atMost: 1.05 }, note }];
    }),
};

/** Resident memory swings with the garbage collector, so the highest of five minutes stands for them. */
function peak(samples: readonly number[]): number {
  return Math.max(...samples);
}

async function withChurn(measure: (churn: Churn, rss: () => number) => Promise<Figure[]>): Promise<Figure[]> {
  const scene = await openCluster();
  try {
    const scaler = await scene.startScaler();
    const connection = await KedaConnection.open(scaler.grpcPort, scene.refs);
    await settle(scaler, connection);
    connection.close();
    const streams = new PushStreams(scaler.grpcPort);
    for (const ref of scene.refs) streams.open(ref);
    return await measure(new Churn(scene, scaler, streams), () => residentMiB(scaler.program.pid));
  } finally {
    await scene.end();
  }
}
