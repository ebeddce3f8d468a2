import type { Reading } from '../../domain/reading.ts';
import type { SignalName } from '../../domain/signal.ts';

/** What one pod does, as far as it is told. */
export interface PodActivity {
  /** Requests that it serves. */
  readonly requests?: number;
  /** Share of time its GPUs were busy, from 0 to 1. */
  readonly gpuUtilization?: number;
}

/** What the pods of a workload do. */
export interface PodActivities {
  of(pod: string): PodActivity;
}

type Readings = ReadonlyMap<SignalName, Reading>;

/**
 * What the readings of a workload's triggers say of its pods one by one. Only fresh ones do; of a pod that was not heard
 * there is no figure, which is not 0.
 */
export function podActivities(readings: readonly Readings[]): PodActivities {
  const requests = partsOf(readings, 'running') ?? partsOf(readings, 'concurrency');
  const gpuUtilization = partsOf(readings, 'gpuUtilization');
  return {
    of: (pod) => {
      const [served, busy] = [requests?.get(pod), gpuUtilization?.get(pod)];
      return { ...(served !== undefined && { requests: served }), ...(busy !== undefined && { gpuUtilization: busy }) };
    },
  };
}

function partsOf(readings: readonly Readings[], signal: SignalName): ReadonlyMap<string, number> | undefined {
  const told = readings.map((each) => each.get(signal));
  return told.map((reading) => (reading?.state === 'fresh' ? reading.byPod : undefined)).find((parts) => parts?.size);
}
