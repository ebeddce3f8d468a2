import { clusterCalls } from './cluster/calls.ts';
import { clusterMemory, clusterSoak } from './cluster/memory.ts';
import { openStreams } from './cluster/open-streams.ts';
import { podBytes } from './cluster/pod-bytes.ts';
import { registered } from './cluster/registered.ts';
import { rollingRestart } from './cluster/rolling-restart.ts';
import { exporterReads } from './exporter-reads.ts';
import { forkRatio } from './exporter/fork-ratio.ts';
import { rssGrowth } from './exporter/growth.ts';
import { nvidiaSmiLoad, nvmlLoad } from './exporter/load.ts';
import { migFactor } from './exporter/mig.ts';
import type { Benchmark } from './figure.ts';
import { redisWake } from './redis-wake.ts';
import { scalerPush } from './scaler-push.ts';
import { scalerThroughput } from './scaler-throughput.ts';
import { engineReadCpu, engineReadMemory } from './signals/engine-reads.ts';
import { parseRatio } from './signals/parse-ratio.ts';

/** All benchmarks, in the order in which they run. */
export const benchmarks: readonly Benchmark[] = [
  scalerThroughput,
  scalerPush,
  redisWake,
  nvmlLoad,
  nvidiaSmiLoad,
  migFactor,
  forkRatio,
  rssGrowth,
  exporterReads,
  clusterCalls,
  clusterMemory,
  clusterSoak,
  podBytes,
  registered,
  parseRatio,
  engineReadCpu,
  engineReadMemory,
  openStreams,
  rollingRestart,
];
