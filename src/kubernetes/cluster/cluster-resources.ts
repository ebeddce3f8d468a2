import type { Surroundings } from './api/collection.ts';
import { KindDiscovery } from './api/kind-discovery.ts';
import { PollPace } from './poll-pace.ts';
import type { HpaFacts } from '../../domain/workload.ts';
import { readHpa } from './records/hpa-record.ts';
import { podFieldSelector, podTopics, readPod } from './records/pod-record.ts';
import type { PodRecord } from './records/pod-record.ts';
import { readDeployment, readStatefulSet } from './records/scale-target.ts';
import type { ScaleTarget } from './records/scale-target.ts';
import { readScaledObject } from './records/scaled-object.ts';
import type { ScaledObjectRecord } from './records/scaled-object.ts';
import { SharedCollections } from './api/shared-collections.ts';
import { Writes } from './writes/writes.ts';

/** All that is read from the API and written to it, shared by the ScaledObjects that are watched. */
export interface ClusterResources {
  readonly surroundings: Surroundings;
  readonly scaledObjects: SharedCollections<ScaledObjectRecord>;
  readonly pods: SharedCollections<PodRecord>;
  readonly deployments: SharedCollections<ScaleTarget>;
  readonly statefulSets: SharedCollections<ScaleTarget>;
  readonly hpas: SharedCollections<HpaFacts>;
  readonly discovery: KindDiscovery;
  readonly pace: PollPace;
  readonly writes: Writes;
}

export function clusterResources(surroundings: Surroundings): ClusterResources {
  const apps = { ...surroundings, root: '/apis/apps/v1' };
  const keda = { ...surroundings, root: '/apis/keda.sh/v1alpha1' };
  const autoscaling = { ...surroundings, root: '/apis/autoscaling/v2' };
  const core = { ...surroundings, root: '/api/v1', query: { fieldSelector: podFieldSelector } };
  return {
    surroundings,
    scaledObjects: new SharedCollections({ ...keda, plural: 'scaledobjects', parse: readScaledObject }),
    pods: new SharedCollections({ ...core, plural: 'pods', parse: readPod, topicsOf: podTopics }),
    deployments: new SharedCollections({ ...apps, plural: 'deployments', parse: readDeployment }),
    statefulSets: new SharedCollections({ ...apps, plural: 'statefulsets', parse: readStatefulSet }),
    hpas: new SharedCollections({ ...autoscaling, plural: 'horizontalpodautoscalers', parse: readHpa }),
    discovery: new KindDiscovery(surroundings.client, surroundings.clock),
    pace: new PollPace(),
    writes: new Writes(surroundings.clock, surroundings.logger),
  };
}
