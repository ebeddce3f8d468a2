import type { PodActivity } from './pod-activity.ts';

/** GPU utilizations that are no further apart than this are alike: a pod's own swings are no reason to choose another. */
const utilizationStep = 0.05;

/** How busy a pod is, in figures that are compared in turn; unknown is busier than anything. */
type Busyness = readonly [requests: number, gpuSteps: number];

function busynessOf({ requests, gpuUtilization }: PodActivity): Busyness {
  return [requests ?? Infinity, gpuUtilization === undefined ? Infinity : Math.round(gpuUtilization / utilizationStep)];
}

/** Below 0 where one pod is idler than the other, above 0 where it is busier, 0 where they can't be told apart. */
export function compareIdleness(one: PodActivity, other: PodActivity): number {
  const [requests, gpuSteps] = busynessOf(one);
  const [otherRequests, otherSteps] = busynessOf(other);
  if (requests !== otherRequests) return requests < otherRequests ? -1 : 1;
  if (gpuSteps === otherSteps) return 0;
  return gpuSteps < otherSteps ? -1 : 1;
}
