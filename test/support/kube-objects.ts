/** What the API stand-in stores: any Kubernetes object, as JSON has it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Overrides for `spec`, `status` and `metadata`; each is merged over the builder's own, one level deep. */
interface ObjectParts {
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** A ScaledObject that scales the Deployment of its own name. */
export function scaledObject(name: string, parts: ObjectParts = {}): KubeObject {
  const own = { spec: { scaleTargetRef: { name }, triggers: [] } };
  return kubeObject('keda.sh/v1alpha1', 'ScaledObject', name, merge(own, parts));
}

/** A settled Deployment of `replicas`, whose pods carry the label `app: name`. */
export function deployment(name: string, replicas: number, parts: ObjectParts = {}): KubeObject {
  const selector = { matchLabels: { app: name } };
  const own = {
    metadata: { generation: 1 },
    spec: { replicas, selector },
    status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: replicas },
  };
  return kubeObject('apps/v1', 'Deployment', name, merge(own, parts));
}

export function statefulSet(name: string, replicas: number, parts: ObjectParts = {}): KubeObject {
  const own = { spec: { replicas, selector: { matchLabels: { app: name } } }, status: { replicas } };
  return kubeObject('apps/v1', 'StatefulSet', name, merge(own, parts));
}

/** The HPA that KEDA keeps for the ScaledObject of this name. */
export function kubeHpa(scaledObjectName: string, parts: ObjectParts = {}): KubeObject {
  const own = { spec: { minReplicas: 1, maxReplicas: 8 }, status: { currentReplicas: 1 } };
  return kubeObject('autoscaling/v2', 'HorizontalPodAutoscaler', `keda-hpa-${scaledObjectName}`, merge(own, parts));
}

/** A pod of the workload `app`: running and ready on node-a, unless told otherwise. */
export function kubePod(name: string, app: string, parts: ObjectParts = {}): KubeObject {
  const own = {
    metadata: { labels: { app }, creationTimestamp: '2026-11-23T08:00:00Z' },
    spec: { nodeName: 'node-a', containers: [{ name: 'engine', image: 'vllm' }] },
    status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
  };
  return kubeObject('v1', 'Pod', name, merge(own, parts));
}

/** An object of any kind, in the namespace `inference` unless the metadata says otherwise. */
export function kubeObject(apiVersion: string, kind: string, name: string, parts: ObjectParts = {}): KubeObject {
  return { ...parts, apiVersion, kind, metadata: { name, namespace: 'inference', ...parts.metadata } };
}

function merge(own: ObjectParts, parts: ObjectParts): ObjectParts {
  return {
    metadata: { ...own.metadata, ...parts.metadata },
    spec: { ...own.spec, ...parts.spec },
    status: { ...own.status, ...parts.status },
  };
}
