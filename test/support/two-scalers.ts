import { clusterWorkloads } from '../../src/kubernetes/cluster/cluster-workloads.ts';
import type { ClusterSource } from '../../src/kubernetes/cluster/cluster-workloads.ts';
import type { Logger } from '../../src/telemetry/logger.ts';
import { HandClock } from './hand-clock.ts';
import { startKubeApi } from './kube-api.ts';
import type { KubeApiStandIn } from './kube-api.ts';

/** What two replicas of the scaler see of one cluster, by one clock. */
export interface TwoScalers {
  readonly api: KubeApiStandIn;
  readonly clock: HandClock;
  readonly one: ClusterSource;
  readonly other: ClusterSource;
  close(): Promise<void>;
}

export async function startTwoScalers(startsAt: string, logger: Logger): Promise<TwoScalers> {
  const api = await startKubeApi();
  const clock = new HandClock(startsAt);
  const one = clusterWorkloads({ api: api.access(), clock, logger });
  const other = clusterWorkloads({ api: api.access(), clock, logger });
  return {
    ...{ api, clock, one, other },
    async close() {
      await one.close();
      await other.close();
      await api.close();
    },
  };
}
