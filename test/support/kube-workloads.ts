import type { Pod, Workload } from '../../src/domain/workload.ts';
import type { KubeApiStandIn } from './kube-api.ts';
import { deployment, kubePod, scaledObject } from './kube-objects.ts';
import type { KubeObject } from './kube-objects.ts';
import { overrideText } from './override-text.ts';

/** Makes the API server hold just what these workloads consist of: ScaledObjects, Deployments of the same name, pods. */
export function declareWorkloads(api: KubeApiStandIn, workloads: readonly Workload[]): void {
  const wanted = workloads.flatMap(objectsOf);
  const keep = new Set(wanted.map(keyOf));
  for (const object of api.objects()) {
    if (!keep.has(keyOf(object))) api.remove(object.kind, object.metadata.name, object.metadata.namespace);
  }
  api.apply(...wanted);
}

function objectsOf(workload: Workload): KubeObject[] {
  const { ref, replicas, minReplicas, maxReplicas, pods, override } = workload;
  const { namespace, name } = ref;
  const metadata = { namespace };
  const annotations = override && { 'pilotlight.io/override': overrideText(override) };
  const bounds = { minReplicaCount: minReplicas, maxReplicaCount: maxReplicas };
  return [
    scaledObject(name, { metadata: { ...metadata, annotations }, spec: bounds }),
    deployment(name, replicas, { metadata }),
    ...pods.map((pod) => podOf(pod, namespace, name)),
  ];
}

function podOf({ name, phase, node, address, createdAtMs }: Pod, namespace: string, app: string): KubeObject {
  const ready = { type: 'Ready', status: phase === 'ready' ? 'True' : 'False' };
  const creationTimestamp = createdAtMs === undefined ? undefined : new Date(createdAtMs).toISOString();
  const deletionTimestamp = phase === 'terminating' ? '2026-11-23T09:00:00Z' : undefined;
  return kubePod(name, app, {
    metadata: { namespace, creationTimestamp, deletionTimestamp },
    spec: { nodeName: node },
    status: { phase: phase === 'pending' ? 'Pending' : 'Running', podIP: address, conditions: [ready] },
  });
}

function keyOf({ kind, metadata }: KubeObject): string {
  return `${kind}/${metadata.namespace}/${metadata.name}`;
}
