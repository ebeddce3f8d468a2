import { usualTolerance } from '../domain/tolerance.ts';
import type { Workload } from '../domain/workload.ts';
import { formatNumber } from './wording.ts';

/** What the rules have settled. */
interface Settled {
  /** Replicas needed, as a float. */
  readonly required: number;
  /** So many have to be reached whatever the HPA tolerates: floors, overrides and steps, but not load. */
  readonly atLeast: number;
  /** And never more than this. */
  readonly atMost: number;
}

interface Answer {
  /** What the HPA is told. */
  readonly emitted: number;
  /** Why that is another number than what is required, or why it will not do. */
  readonly emittedBecause?: string;
}

/** How far the metric by the replicas may be from 1, above and below. */
interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** Below this, a difference in thousandths comes of counting with floats. */
const noise = 1e-6;

/**
 * The number that makes the HPA do what has been settled. The HPA leaves the replicas as they are while the metric by the
 * replicas there are is within its tolerance, so a floor of 21 is not reached from 20, nor a ceiling of 20 from 22; then
 * the answer is the nearest number out of tolerance, which makes at most the tolerance more than the floor. Load is left
 * to the HPA's tolerance, and replicas that are above a floor by no more than that may rest where they are.
 *
 * A ceiling wins: where a floor can't be reached without passing it, the replicas stay, and the answer says so.
 * pkg/controller/podautoscaler/replica_calculator.go, GetExternalPerPodMetricReplicas.
 * @param clusterTolerance of HPAs that name none of their own
 */
export function reach(settled: Settled, workload: Workload, clusterTolerance = usualTolerance): Answer {
  const tolerance = toleranceOf(workload, clusterTolerance);
  const maxReplicas = workload.hpa?.maxReplicas ?? workload.maxReplicas ?? Infinity;
  const { required, atLeast, atMost } = settled;
  const counts = replicasCounted(workload);
  if (!counts.some((replicas) => isTolerated(required, replicas, tolerance))) return { emitted: required };
  const made = (emitted: number): number[] =>
    counts.map((replicas) => Math.min(maxReplicas, replicasMade(emitted, replicas, tolerance)));
  const least = Math.min(atLeast, maxReplicas);
  const isEnough = (emitted: number): boolean => made(emitted).every((replicas) => replicas >= least);
  const isAllowed = (emitted: number): boolean => made(emitted).every((replicas) => replicas <= atMost);
  if (isEnough(required) && isAllowed(required)) return { emitted: required };
  const numbers = counts.flatMap((replicas) => [justBelow(replicas, tolerance), justAbove(replicas, tolerance)]);
  const nearest = numbers.filter((number) => number >= 0).sort(byDistanceTo(required));
  const allowed = [required, ...nearest].filter(isAllowed);
  const emitted = allowed.find(isEnough) ?? allowed[0] ?? required;
  return { emitted, emittedBecause: explain(settled, emitted, workload.replicas, isEnough(emitted)) };
}

/** Replicas that the HPA makes of an answer, from those that were asked for last. */
export function replicasMadeOf(emitted: number, workload: Workload, clusterTolerance = usualTolerance): number {
  return replicasMade(emitted, workload.replicas, toleranceOf(workload, clusterTolerance));
}

function toleranceOf({ hpa }: Workload, clusterTolerance: number): Tolerance {
  return { up: hpa?.scaleUpTolerance ?? clusterTolerance, down: hpa?.scaleDownTolerance ?? clusterTolerance };
}

/** What the HPA may take for the replicas there are: what was asked for, or the pods that came of it so far. */
function replicasCounted({ replicas, pods }: Workload): readonly number[] {
  const alive = pods.filter(({ phase }) => phase !== 'terminating').length;
  return alive === 0 || alive === replicas ? [replicas] : [replicas, alive];
}

/** Replicas that the HPA makes of a metric with target 1. It counts in thousandths. */
function replicasMade(emitted: number, replicas: number, tolerance: Tolerance): number {
  return isTolerated(emitted, replicas, tolerance) ? replicas : Math.ceil(Math.round(emitted * 1_000) / 1_000);
}

/** Whether the HPA leaves the replicas as they are. At zero it does nothing: KEDA wakes the workload. */
function isTolerated(emitted: number, replicas: number, { up, down }: Tolerance): boolean {
  const milli = Math.round(emitted * 1_000);
  const unity = replicas * 1_000;
  return replicas > 0 && unity * (1 - down) <= milli + noise && milli <= unity * (1 + up) + noise;
}

/** The lowest number that the HPA tells from `replicas`, going up. */
function justAbove(replicas: number, { up }: Tolerance): number {
  return (Math.floor(replicas * 1_000 * (1 + up) + noise) + 1) / 1_000;
}

/** The highest number that the HPA tells from `replicas`, going down; below 0 where it tells none. */
function justBelow(replicas: number, { down }: Tolerance): number {
  return (Math.ceil(replicas * 1_000 * (1 - down) - noise) - 1) / 1_000;
}

function byDistanceTo(wanted: number): (one: number, other: number) => number {
  return (one, other) => Math.abs(one - wanted) - Math.abs(other - wanted);
}

function explain({ required, atLeast, atMost }: Settled, emitted: number, replicas: number, isEnough: boolean): string {
  const least = formatNumber(atLeast);
  if (!isEnough) return `the HPA's tolerance puts ${least} out of reach from ${replicas} without passing ${atMost}; a tolerance of 0 in its behavior mends that`; // prettier-ignore
  const goal = emitted > required ? `at least ${least}` : `at most ${formatNumber(atMost)}`;
  return `the HPA does not tell ${formatNumber(required)} from ${replicas}; ${formatNumber(emitted)} makes it ${goal}`;
}
