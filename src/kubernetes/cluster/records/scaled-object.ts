import { z } from 'zod';
import type { OverrideReading } from '../../../domain/override.ts';
import type { ScaledObjectRef } from '../../../domain/workload.ts';
import { readOverride } from '../../override-text.ts';
import { withoutAbsent } from '../../without-absent.ts';
import { longestStartup, startupAnnotation } from '../startup/annotation.ts';
import { isGroupVersion, isObjectName } from './object-name.ts';

/** What is kept of a ScaledObject. */
export interface ScaledObjectRecord {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly override?: OverrideReading;
  /** What was learned of its pods' start, as it stands in an annotation. */
  readonly startupText?: string;
  /** The name of the HorizontalPodAutoscaler that KEDA keeps for it. */
  readonly hpaName: string;
}

const overrideAnnotation = 'pilotlight.io/override';

const replicaCount = z.number().int().nonnegative().optional();
const objectName = z.string().refine(isObjectName).optional().catch(undefined);
const scaledObject = z.object({
  metadata: z.object({
    name: z.string(),
    annotations: z.record(z.string(), z.string()).catch({}).default({}),
  }),
  spec: z.object({
    // KEDA's defaults for what a user leaves out or empty.
    scaleTargetRef: z.object({
      apiVersion: z.string().default('').transform(orElse('apps/v1')).refine(isGroupVersion),
      kind: z.string().default('').transform(orElse('Deployment')),
      name: z.string().refine(isObjectName),
    }),
    minReplicaCount: replicaCount,
    maxReplicaCount: replicaCount,
    advanced: z
      .object({ horizontalPodAutoscalerConfig: z.object({ name: objectName }).optional().catch(undefined) })
      .optional()
      .catch(undefined),
  }),
  status: z.object({ hpaName: objectName }).optional().catch(undefined),
});

/** Reads a keda.sh/v1alpha1 ScaledObject; undefined when it is none, or names nothing to scale. */
export function readScaledObject(object: unknown): ScaledObjectRecord | undefined {
  const { success, data } = scaledObject.safeParse(object);
  if (!success) return undefined;
  const { scaleTargetRef, minReplicaCount, maxReplicaCount, advanced } = data.spec;
  const givenName = advanced?.horizontalPodAutoscalerConfig?.name;
  const { annotations } = data.metadata;
  const { [overrideAnnotation]: override, [startupAnnotation]: startupText } = annotations;
  return {
    ...scaleTargetRef,
    hpaName: data.status?.hpaName ?? givenName ?? `keda-hpa-${data.metadata.name}`,
    ...withoutAbsent({
      minReplicas: minReplicaCount,
      maxReplicas: maxReplicaCount,
      override: override === undefined ? undefined : readOverride(override),
      startupText: startupText !== undefined && startupText.length <= longestStartup ? startupText : undefined,
    }),
  };
}

/** Where the API serves it. */
export function scaledObjectPath({ namespace, name }: ScaledObjectRef): string {
  return `/apis/keda.sh/v1alpha1/namespaces/${namespace}/scaledobjects/${encodeURIComponent(name)}`;
}

function orElse(fallback: string): (text: string) => string {
  return (text) => (text === '' ? fallback : text);
}
