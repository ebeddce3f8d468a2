import type { Attribution, PodReading, UnattributedReason } from './pod-reading.ts';
import type { Target } from './target.ts';

/** Reasons that the processes on a GPU may take away. */
const unsettled: ReadonlySet<UnattributedReason> = new Set(['shared', 'unknown-process', 'claimed-twice']);

/** Whether it takes the processes on a GPU to tell what its pods have of it. Those on slices come with the slices. */
export function needsProcesses({ readings, leftOut }: Attribution): boolean {
  const isWhole = (target: Target | undefined): boolean => target !== undefined && target.slice === undefined;
  const isSplit = ({ attribution, target }: PodReading): boolean => attribution === 'process' && isWhole(target);
  return readings.some(isSplit) || leftOut.some(({ reason, target }) => unsettled.has(reason) && isWhole(target));
}
