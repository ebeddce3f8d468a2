import { z } from 'zod';
import type { HpaFacts } from '../../../domain/workload.ts';
import { withoutAbsent } from '../../without-absent.ts';
import { parseQuantity } from './quantity.ts';

const count = z.number().int().nonnegative();
/** One that can't be read is left out: then the cluster's own is assumed, as it is where the HPA names none. */
const tolerance = z.union([z.string(), z.number()]).transform(parseQuantity).optional().catch(undefined);
const rules = z.object({ tolerance }).default({ tolerance: undefined });
const hpaObject = z.object({
  spec: z.object({
    minReplicas: count.default(1),
    maxReplicas: count,
    behavior: z.object({ scaleUp: rules, scaleDown: rules }).prefault({}),
  }),
  status: z.object({ currentReplicas: count.optional() }).default({}),
});

/** Reads an autoscaling/v2 HorizontalPodAutoscaler; undefined when it is none. */
export function readHpa(object: unknown): HpaFacts | undefined {
  const { success, data } = hpaObject.safeParse(object);
  if (!success) return undefined;
  const { minReplicas, maxReplicas, behavior } = data.spec;
  const facts = {
    currentReplicas: data.status.currentReplicas,
    scaleUpTolerance: behavior.scaleUp.tolerance,
    scaleDownTolerance: behavior.scaleDown.tolerance,
  };
  return { minReplicas, maxReplicas, ...withoutAbsent(facts) };
}
