import { z } from 'zod';

const trigger = z.object({
  type: z.string(),
  metricType: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

const rules = z.object({
  stabilizationWindowSeconds: z.number().optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z
    .array(z.object({ type: z.enum(['Pods', 'Percent']), value: z.number(), periodSeconds: z.number() }))
    .optional(),
  /** A quantity of Kubernetes, which is a text as a rule. */
  tolerance: z.coerce.number().optional(),
});

const advanced = z.object({
  horizontalPodAutoscalerConfig: z
    .object({ behavior: z.object({ scaleUp: rules.optional(), scaleDown: rules.optional() }).optional() })
    .optional(),
});

/** As much of KEDA's ScaledObject as matters here (https://keda.sh/docs/latest/reference/scaledobject-spec/). */
export const scaledObject = z.object({
  kind: z.literal('ScaledObject'),
  metadata: z.object({ name: z.string().default('?'), namespace: z.string().default('default') }),
  spec: z.object({
    minReplicaCount: z.number().default(0),
    maxReplicaCount: z.number().optional(),
    idleReplicaCount: z.number().optional(),
    pollingInterval: z.number().optional(),
    cooldownPeriod: z.number().optional(),
    advanced: advanced.optional(),
    triggers: z.array(trigger).default([]),
  }),
});

export type ScaledObjectManifest = z.infer<typeof scaledObject>;
export type TriggerManifest = z.infer<typeof trigger>;

/** Types of triggers that ask a scaler at an address. */
export const externalTypes: readonly string[] = ['external', 'external-push'];

/** Whether a trigger asks a pilotlight, by the address that it names. */
export function asksPilotlight({ type, metadata }: TriggerManifest, addressPart: string): boolean {
  const address = metadata['scalerAddress'];
  return externalTypes.includes(type) && typeof address === 'string' && address.includes(addressPart);
}
