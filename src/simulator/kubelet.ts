import { rmSync } from 'node:fs';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall } from '@grpc/grpc-js';
import type { Allocation } from '../domain/gpu.ts';
import type { ContainerDevices } from '../generated/v1/ContainerDevices.ts';
import type { DynamicResource } from '../generated/v1/DynamicResource.ts';
import type { ListPodResourcesRequest__Output } from '../generated/v1/ListPodResourcesRequest.ts';
import type { ListPodResourcesResponse } from '../generated/v1/ListPodResourcesResponse.ts';
import type { PodResources } from '../generated/v1/PodResources.ts';
import { draDriver } from '../gpu/kubelet/allocations.ts';
import { loadPodResources } from '../gpu/kubelet/proto.ts';

/** How the stand-in treats the next questions. */
type KubeletMood = 'answers' | 'hangs' | 'limits-rate';

export interface KubeletStandIn {
  mood: KubeletMood;
  /** Questions heard so far. */
  readonly asked: number;
  close(): void;
}

/**
 * Serves PodResources v1 on a unix socket as a kubelet does.
 * @param allocations what the node's containers hold at the moment of a question; one without devices stands for a
 * container without GPUs, and two of one container and resource are told apart as two NUMA sets are
 */
export async function startKubelet(
  socketPath: string,
  allocations: () => readonly Allocation[],
): Promise<KubeletStandIn> {
  const kubelet = { mood: 'answers' as KubeletMood, asked: 0, close: () => server.forceShutdown() };
  const server = new Server();
  const list = (
    _: ServerUnaryCall<ListPodResourcesRequest__Output, ListPodResourcesResponse>,
    answer: sendUnaryData<ListPodResourcesResponse>,
  ): void => {
    kubelet.asked += 1;
    if (kubelet.mood === 'answers') answer(null, { podResources: toPods(allocations()) });
    // The kubelet's own words.
    if (kubelet.mood === 'limits-rate') answer({ code: status.RESOURCE_EXHAUSTED, details: 'rejected by rate limit' });
  };
  server.addService(loadPodResources().service, { List: list });
  rmSync(socketPath, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socketPath}`, ServerCredentials.createInsecure(), (error) =>
      error ? reject(error) : resolve(),
    );
  });
  return kubelet;
}

function toPods(allocations: readonly Allocation[]): PodResources[] {
  const pods = Map.groupBy(allocations, ({ namespace, pod }) => `${namespace}/${pod}`);
  return [...pods.values()].map((ofPod) => ({
    name: ofPod[0]?.pod ?? '',
    namespace: ofPod[0]?.namespace ?? '',
    containers: [...Map.groupBy(ofPod, ({ container }) => container)].map(([name, ofContainer]) => ({
      name,
      devices: ofContainer.filter((held) => held.deviceIds.length > 0 && !isClaim(held)).map(toDevices),
      dynamicResources: ofContainer.filter(isClaim).map(toClaim),
    })),
  }));
}

function isClaim({ resource }: Allocation): boolean {
  return resource === draDriver;
}

function toDevices({ resource, deviceIds }: Allocation): ContainerDevices {
  return { resourceName: resource, deviceIds: [...deviceIds] };
}

/** One claim for all that the container holds in that way. */
function toClaim({ namespace, pod, deviceIds }: Allocation): DynamicResource {
  const claimResources = deviceIds.map((deviceName) => ({ driverName: draDriver, poolName: 'node-a', deviceName }));
  return { claimName: pod, claimNamespace: namespace, claimResources };
}
