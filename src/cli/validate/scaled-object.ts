import { z } from 'zod';

const trigger = z.object({
  type: z.string(),
  metricType: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

/** As much of KEDA's ScaledObject as matters here (https://keda.sh/docs/latest/reference/scaledobject-spec/). */
export const scaledObject = z.object({
  kind: z.literal('ScaledObject'),
  metadata: z.object({ name: z.string().default('?'), namespace: z.string().default('default') }),
  spec: z.object({
    minReplicaCount: z.number().default(0),
    idleReplicaCount: z.number().optional(),
    cooldownPeriod: z.number().optional(),
    triggers: z.array(trigger).default([]),
  }),
});

export type ScaledObjectManifest = z.infer<typeof scaledObject>;
export type TriggerManifest = z.infer<typeof trigger>;

/** Whether a trigger asks a pilotlight, by the address that it names. */
export function asksPilotlight({ type, metadata }: TriggerManifest, addressPart: string): boolean {
  const address = metadata['scalerAddress'];
  return (
    (type === 'external' || type === 'external-push') && typeof address === 'string' && address.includes(addressPart)
  );
}
