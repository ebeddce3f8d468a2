import type { Surroundings } from './collection.ts';
import { KindDiscovery } from './kind-discovery.ts';
import { podFieldSelector, readPod } from './pod-record.ts';
import type { PodRecord } from './pod-record.ts';
import { readDeployment, readStatefulSet } from './scale-target.ts';
import type { ScaleTarget } from './scale-target.ts';
import { readScaledObject } from './scaled-object.ts';
import type { ScaledObjectRecord } from './scaled-object.ts';
import { SharedCollections } from './shared-collections.ts';

/** All that is read from the API, shared by the ScaledObjects that are watched. */
export interface ClusterResources {
  readonly surroundings: Surroundings;
  readonly scaledObjects: SharedCollections<ScaledObjectRecord>;
  readonly pods: SharedCollections<PodRecord>;
  readonly deployments: SharedCollections<ScaleTarget>;
  readonly statefulSets: SharedCollections<ScaleTarget>;
  readonly discovery: KindDiscovery;
}

export function clusterResources(surroundings: Surroundings): ClusterResources {
  const apps = { ...surroundings, root: '/apis/apps/v1' };
  const keda = { ...surroundings, root: '/apis/keda.sh/v1alpha1' };
  const core = { ...surroundings, root: '/api/v1', query: { fieldSelector: podFieldSelector } };
  return {
    surroundings,
    scaledObjects: new SharedCollections({ ...keda, plural: 'scaledobjects', parse: readScaledObject }),
    pods: new SharedCollections({ ...core, plural: 'pods', parse: readPod }),
    deployments: new SharedCollections({ ...apps, plural: 'deployments', parse: readDeployment }),
    statefulSets: new SharedCollections({ ...apps, plural: 'statefulsets', parse: readStatefulSet }),
    discovery: new KindDiscovery(surroundings.client, surroundings.clock),
  };
}
