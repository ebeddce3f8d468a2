import type { ClusterResources } from './cluster-resources.ts';
import type { Observation } from './api/observation.ts';
import { PolledScale } from './polled-scale.ts';
import type { ScaleTarget } from './records/scale-target.ts';
import type { ScaledObjectRecord } from './records/scaled-object.ts';
import type { SharedCollections } from './api/shared-collections.ts';

/** A look at one scale target, until it is stopped. */
export interface TargetView {
  observe(): Observation<ScaleTarget>;
  /** Pods came or went, so the replicas may have changed. */
  hurry(): void;
  stop(): void;
}

/**
 * Opens the view that suits the target's kind: Deployments and StatefulSets are watched, since their objects say all
 * that the scale subresource does and more; any other kind is read through its scale subresource.
 */
export function viewTarget(
  resources: ClusterResources,
  namespace: string,
  target: ScaledObjectRecord,
  onChange: () => void,
): TargetView {
  const reasonIfMissing = `${target.kind} ${namespace}/${target.name}, which the ScaledObject names as its scaleTargetRef, not found`;
  const watched = target.apiVersion === 'apps/v1' ? watchedKind(resources, target.kind) : undefined;
  if (!watched) {
    const { surroundings, discovery, pace } = resources;
    return new PolledScale({ ...surroundings, discovery, pace, namespace, target, reasonIfMissing, onChange });
  }
  const lease = watched.lease(namespace, onChange);
  lease.follow([target.name]);
  return {
    observe: () => lease.collection.observe(target.name, reasonIfMissing),
    hurry: () => undefined,
    stop: () => lease.release(),
  };
}

function watchedKind(resources: ClusterResources, kind: string): SharedCollections<ScaleTarget> | undefined {
  if (kind === 'Deployment') return resources.deployments;
  return kind === 'StatefulSet' ? resources.statefulSets : undefined;
}
