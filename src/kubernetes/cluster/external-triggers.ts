import { z } from 'zod';
import type { Clock } from '../../domain/clock.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { ApiAccess } from './api/api-access.ts';
import { kubeClient } from './api/kube-client.ts';
import { listObjects } from './api/wire.ts';

/** A trigger that names an external scaler: ours, or another. */
export interface ExternalTrigger {
  readonly ref: ScaledObjectRef;
  readonly metadata: Readonly<Record<string, string>>;
}

const root = '/apis/keda.sh/v1alpha1';
const trigger = z.object({ type: z.string(), metadata: z.record(z.string(), z.string()).catch({}) });
const scaledObject = z.object({
  metadata: z.object({ name: z.string(), namespace: z.string() }),
  spec: z.object({ triggers: z.array(trigger) }),
});

/**
 * The external triggers of all ScaledObjects in these namespaces, or in all where none is named, as they are now. Keys that
 * KEDA fills in from a workload's environment are there as they were written. Rejects with KubeError, after
 * `limitMs` at the latest.
 */
export async function listExternalTriggers(
  { api, clock, limitMs }: { api: ApiAccess; clock: Clock; limitMs: number },
  namespaces: readonly string[],
): Promise<readonly ExternalTrigger[]> {
  const client = kubeClient(api, clock);
  const cancel = clock.after(limitMs, () => client.close());
  const paths = namespaces.map((namespace) => `${root}/namespaces/${namespace}/scaledobjects`);
  const triggers: ExternalTrigger[] = [];
  try {
    for (const path of paths.length > 0 ? paths : [`${root}/scaledobjects`]) {
      await listObjects(client, path, {}, (_name, object) => triggers.push(...externalTriggers(object)));
    }
  } finally {
    cancel();
    client.close();
  }
  return triggers;
}

function externalTriggers(object: unknown): ExternalTrigger[] {
  const { success, data } = scaledObject.safeParse(object);
  if (!success) return [];
  const { name, namespace } = data.metadata;
  return data.spec.triggers
    .filter(({ type }) => type === 'external' || type === 'external-push')
    .map(({ metadata }) => ({ ref: { namespace, name }, metadata }));
}
