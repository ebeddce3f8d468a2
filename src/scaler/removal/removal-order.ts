import { podActivities } from '../../decision/removal/pod-activity.ts';
import { removalCosts } from '../../decision/removal/removal-costs.ts';
import type { RemovalCosts } from '../../decision/removal/removal-costs.ts';
import { replicasToRemove } from '../../decision/removal/scale-in.ts';
import type { ScaledObjectRef, Workload } from '../../domain/workload.ts';
import type { DeletionCosts } from '../../kubernetes/deletion-costs.ts';
import type { Snapshot } from '../trigger/snapshot.ts';

/** The last snapshot of each trigger of a ScaledObject; undefined for one that has not decided yet. */
export type SnapshotsOf = (ref: ScaledObjectRef) => readonly (Snapshot | undefined)[];

interface RemovalOrderParts {
  readonly costs: DeletionCosts;
  readonly snapshotsOf: SnapshotsOf;
  /** The cluster's own, for HPAs that name none. */
  readonly hpaTolerance: number;
}

/**
 * Sees to it that of a workload whose replicas a decision lowers the idlest pods go first: gives them deletion costs while
 * the scale-in is asked for, and takes those away when it is done or called off, so that no later one goes by old figures.
 */
export class RemovalOrder {
  readonly #parts: RemovalOrderParts;

  constructor(parts: RemovalOrderParts) {
    this.#parts = parts;
  }

  /** Looks at each decision. */
  note(ref: ScaledObjectRef, { workload: reading }: Snapshot): void {
    if (reading.state === 'unknown') return;
    const { workload } = reading;
    const wanted = this.#costsOf(ref, workload);
    const isUnderWay = isRemoving(workload);
    for (const { name, phase, deletionCost } of workload.pods) {
      if (phase === 'terminating' || deletionCost?.setBy === 'others') continue;
      const cost = wanted.get(name);
      const isStillNeeded = cost === undefined && isUnderWay;
      if (cost === deletionCost?.cost || isStillNeeded) continue;
      this.#parts.costs.set({ namespace: ref.namespace, name }, cost);
    }
  }

  #costsOf(ref: ScaledObjectRef, workload: Workload): RemovalCosts {
    const all = this.#parts.snapshotsOf(ref);
    const snapshots = all.filter((snapshot) => snapshot !== undefined);
    const verdicts = snapshots.map(({ verdict }) => verdict);
    const count = replicasToRemove(verdicts, workload, this.#parts.hpaTolerance);
    if (count === 0 || snapshots.length < all.length) return new Map();
    return removalCosts(workload.pods, podActivities(snapshots.map(({ readings }) => readings)), count);
  }
}

/** Fewer are asked for already, but which pods go has not been settled yet. */
function isRemoving({ replicas, pods }: Workload): boolean {
  return pods.filter(({ phase }) => phase !== 'terminating').length > replicas;
}
