import type { Allocation } from '../../domain/gpu.ts';
import type { ContainerResources__Output } from '../../generated/v1/ContainerResources.ts';
import type { ListPodResourcesResponse__Output } from '../../generated/v1/ListPodResourcesResponse.ts';

/** NVIDIA's driver for dynamic resource allocation; its devices come as claims and not under a resource name. */
export const draDriver = 'gpu.nvidia.com';

/**
 * What the kubelet has given to whom: one allocation for each container and resource, its device IDs without
 * repetition. The kubelet lists every pod of the node, and a resource once for each NUMA set.
 */
export function readAllocations(response: ListPodResourcesResponse__Output): Allocation[] {
  return response.podResources.flatMap(({ namespace, name: pod, containers }) =>
    containers.flatMap((container) =>
      [...idsByResource(container)].map(([resource, ids]) => ({
        namespace,
        pod,
        container: container.name,
        resource,
        deviceIds: [...ids],
      })),
    ),
  );
}

function idsByResource(container: ContainerResources__Output): Map<string, Set<string>> {
  const byResource = new Map<string, Set<string>>();
  const add = (resource: string, ids: readonly string[]): void => {
    if (ids.length === 0) return;
    byResource.set(resource, new Set([...(byResource.get(resource) ?? []), ...ids]));
  };
  for (const { resourceName, deviceIds } of container.devices) add(resourceName, deviceIds);
  for (const { claimResources } of container.dynamicResources) {
    for (const { driverName, deviceName } of claimResources) {
      if (driverName === draDriver) add(draDriver, [deviceName]);
    }
  }
  return byResource;
}
