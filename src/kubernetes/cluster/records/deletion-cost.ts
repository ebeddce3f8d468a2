import { z } from 'zod';
import type { EpochMs } from '../../../domain/clock.ts';
import { deletionCostAnnotation } from '../../../domain/deletion-cost.ts';
import type { DeletionCost } from '../../../domain/deletion-cost.ts';
import { isoSecond } from '../../../domain/iso-second.ts';

/** Beside a cost that we have set: `-2 2026-11-26T18:00:00Z`, the cost and when. A cost that differs is somebody else's. */
const markAnnotation = 'pilotlight.io/deletion-cost';

const text = z.string().optional().catch(undefined);

/** What is read of a pod's annotations. */
export const costAnnotations = z
  .object({ [deletionCostAnnotation]: text, [markAnnotation]: text })
  .catch({})
  .default({});
type CostAnnotations = z.infer<typeof costAnnotations>;

const lowest = -2_147_483_648;
const highest = 2_147_483_647;

/** The cost that stands on a pod; undefined where none does. */
export function readDeletionCost(annotations: CostAnnotations): DeletionCost | undefined {
  const { [deletionCostAnnotation]: written } = annotations;
  if (written === undefined) return undefined;
  const isOurs = written === annotations[markAnnotation]?.split(' ')[0];
  return { cost: readCost(written), setBy: isOurs ? 'us' : 'others' };
}

/** When we have set the cost, where we have. */
export function markedAtMs(annotations: CostAnnotations): EpochMs | undefined {
  const atMs = Date.parse(annotations[markAnnotation]?.split(' ')[1] ?? '');
  return Number.isNaN(atMs) ? undefined : atMs;
}

/** The annotations of a pod with this cost, as a merge patch; undefined takes both away. */
export function costPatch(cost: number | undefined, atMs: EpochMs): Readonly<Record<string, string | null>> {
  if (cost === undefined) return { [deletionCostAnnotation]: null, [markAnnotation]: null };
  return { [deletionCostAnnotation]: String(cost), [markAnnotation]: `${cost} ${isoSecond(atMs)}` };
}

/** As the controller reads it: what is no int32 counts as 0. */
function readCost(written: string): number {
  const cost = /^[+-]?\d{1,10}$/.test(written) ? Number(written) : 0;
  return cost >= lowest && cost <= highest ? cost : 0;
}
