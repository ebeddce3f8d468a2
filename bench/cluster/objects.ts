import { deployment, kubeHpa, kubePod, scaledObject } from '../../test/support/kube-objects.ts';
import type { KubeObject } from '../../test/support/kube-objects.ts';
import { nameOf, namespaceOf, podAddress, podsEach } from './scene.ts';

/** Where a pod of the churn stands in its life. */
export type PodStage = 'created' | 'started' | 'ready' | 'terminating';

const bounds = { minReplicaCount: 1, maxReplicaCount: 20 };

/** What the API server holds of one workload, but its pods. */
export function workloadObjects(index: number, replicas: number, triggerMetadata = {}): KubeObject[] {
  const [name, metadata] = [nameOf(index), { namespace: namespaceOf(index), ...bulk(1) }];
  return [
    scaledObject(name, {
      metadata,
      spec: { ...bounds, triggers: [{ type: 'external-push', metadata: triggerMetadata }] },
    }),
    deployment(name, replicas, { metadata: { ...metadata, generation: 1 } }),
    kubeHpa(name, { metadata, spec: { minReplicas: 1, maxReplicas: 20 }, status: { currentReplicas: replicas } }),
  ];
}

/** A ScaledObject that its operator keeps at zero. */
export function closedScaledObject(index: number): KubeObject {
  const annotations = { 'pilotlight.io/override': 'max=0 until=2099-01-01T00:00Z reason=bench' };
  return scaledObject(nameOf(index), { metadata: { namespace: namespaceOf(index), annotations }, spec: bounds });
}

/** A pod as long as a real one: some 8 kB, of which the scaler needs a few hundred bytes. */
export function podObject(index: number, slot: number, generation: number, stage: PodStage): KubeObject {
  const app = nameOf(index);
  const isReady = stage === 'ready' || stage === 'terminating';
  const started = stage !== 'created';
  const ready = { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: '2026-11-23T08:04:00Z' };
  return kubePod(podName(index, slot, generation), app, {
    metadata: {
      namespace: namespaceOf(index),
      labels: labelsOf(app),
      uid: `5f2c7c1e-0000-4000-8000-${String(index * podsEach + slot).padStart(12, '0')}`,
      ...(stage === 'terminating' && { deletionTimestamp: '2026-11-23T12:00:00Z' }),
      ...bulk(3),
    },
    spec: { ...(started && { nodeName: `gpu-node-${Math.floor((index * podsEach + slot) / 8)}` }), ...podSpec },
    status: {
      phase: started ? 'Running' : 'Pending',
      conditions: [{ type: 'PodScheduled', status: started ? 'True' : 'False' }, ready],
      ...(started && { podIP: podAddress(index * podsEach + slot) }),
    },
  });
}

export function podName(index: number, slot: number, generation: number): string {
  return `${nameOf(index)}-7d9c${generation}f6b8-x${slot}k2p`;
}

function labelsOf(app: string): Record<string, string> {
  return {
    app,
    'app.kubernetes.io/name': 'vllm',
    'app.kubernetes.io/instance': app,
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/version': '0.11.0',
    'helm.sh/chart': 'inference-1.4.2',
    'pod-template-hash': '7d9cf6b8',
    team: 'inference-platform',
  };
}

const env = Array.from({ length: 30 }, (_, i) => ({
  name: `VLLM_SETTING_${i}`,
  value: `value-${i}-${'x'.repeat(40)}`,
}));
const podSpec = {
  containers: [
    { name: 'engine', image: 'vllm/vllm-openai:v0.11.0', env, resources: { limits: { 'nvidia.com/gpu': '1' } } },
  ],
  volumes: Array.from({ length: 4 }, (_, i) => ({ name: `volume-${i}`, configMap: { name: `settings-${i}` } })),
  tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
};

/** What field managers leave in every object, about 1.2 kB each. */
function bulk(managers: number): { managedFields: unknown[] } {
  return { managedFields: managedFields.slice(0, managers) };
}
const fields = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`f:some-field-of-the-spec-${i}`, { '.': {} }]));
const managedFields = ['kube-controller-manager', 'kubelet', 'scheduler'].map((manager) => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsType: 'FieldsV1',
  fieldsV1: { 'f:spec': fields },
}));
