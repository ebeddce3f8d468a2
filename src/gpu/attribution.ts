import type { Allocation, GpuDevice } from '../domain/gpu.ts';
import type { ClaimUuids } from './claims/resource-slices.ts';
import { draDriver } from './kubelet/allocations.ts';
import { parseDeviceId } from './device-id.ts';
import type { Attribution, Holder, LeftOut, PodReading } from './pod-reading.ts';
import type { OwnerLookup } from './processes/owner.ts';
import { splitByProcess } from './process-split.ts';
import { Targets, targetUuid } from './target.ts';
import type { Miss, Target } from './target.ts';

/** A GPU or slice and all that hold it. */
interface Held {
  readonly target: Target;
  readonly holders: Holder[];
}

/**
 * Joins what the driver says of the GPUs with what the kubelet gave to whom. A GPU or slice that one container holds alone is
 * its own; one that is shared is split by process. What can't be known is left out. A device ID that no known plugin
 * writes counts only where the resource is a GPU of NVIDIA's by its name: other resources are not GPUs.
 * @param ownerOf absent where processes can't be looked up
 * @param claimUuids UUIDs of devices of dynamic resource allocation; one that is not there is found by its name's number
 */
export function attribute(
  devices: readonly GpuDevice[],
  allocations: readonly Allocation[],
  ownerOf?: OwnerLookup,
  claimUuids: ClaimUuids = new Map(),
): Attribution {
  const { held, leftOut } = readClaims(new Targets(devices), allocations, claimUuids);
  const parts = [...held.values()].map((one) => settle(one, ownerOf));
  return {
    readings: parts.flatMap(({ readings }) => readings),
    leftOut: [...leftOut, ...parts.flatMap((part) => part.leftOut)],
  };
}

/** What is held of each GPU and slice, and by whom; IDs that lead to none are left out. */
function readClaims(
  targets: Targets,
  allocations: readonly Allocation[],
  claimUuids: ClaimUuids,
): { held: Map<string, Held>; leftOut: LeftOut[] } {
  const held = new Map<string, Held>();
  const leftOut: LeftOut[] = [];
  const claims = allocations.flatMap((allocation) => allocation.deviceIds.map((text) => ({ allocation, text })));
  for (const { allocation, text } of claims) {
    const uuid = allocation.resource === draDriver ? claimUuids.get(text) : undefined;
    const { target, shared } = findHeld(text, uuid, targets);
    const holder = { allocation, deviceIds: [text], shared };
    if (target === undefined) {
      if (isNamedGpu(allocation.resource)) leftOut.push({ holder, reason: 'unknown-id' });
    } else if ('miss' in target) {
      leftOut.push({ holder, reason: target.miss, ...(target.detail !== undefined && { detail: target.detail }) });
    } else {
      addHolder(held, target, holder);
    }
  }
  return { held, leftOut };
}

/**
 * What an ID stands for: by the UUID that is known for it, or where there is no such device, as after it was cut anew, by itself.
 * No target for an ID that no known plugin writes.
 */
function findHeld(
  text: string,
  uuid: string | undefined,
  targets: Targets,
): { readonly target?: Target | Miss; readonly shared: boolean } {
  const find = (name: string): ReturnType<typeof findHeld> => {
    const id = parseDeviceId(name);
    return id ? { target: targets.find(id), shared: id.shared } : { shared: false };
  };
  const byUuid = uuid === undefined ? undefined : find(uuid);
  return byUuid?.target && !('miss' in byUuid.target) ? byUuid : find(text);
}

/** `nvidia.com/gpu.shared`, `nvidia.com/mig-1g.10gb` and such; `nvidia.com/hostdev` is a network card. */
function isNamedGpu(resource: string): boolean {
  return /^nvidia\.com\/(?:mig-|.*gpu)/i.test(resource) || resource === draDriver;
}

/** A container may hold several replicas of one GPU; it holds it once all the same. */
function addHolder(held: Map<string, Held>, target: Target, holder: Holder): void {
  const holders = held.get(targetUuid(target))?.holders ?? [];
  const at = holders.findIndex(({ allocation }) => isSameContainer(allocation, holder.allocation));
  const before = holders[at];
  if (before) {
    const deviceIds = [...before.deviceIds, ...holder.deviceIds];
    holders[at] = { ...before, deviceIds, shared: before.shared && holder.shared };
  } else {
    holders.push(holder);
  }
  held.set(targetUuid(target), { target, holders });
}

function isSameContainer(a: Allocation, b: Allocation): boolean {
  return a.namespace === b.namespace && a.pod === b.pod && a.container === b.container;
}

function settle({ target, holders }: Held, ownerOf: OwnerLookup | undefined): Attribution {
  const [only, second] = holders;
  if (only && !second && !only.shared) return { readings: [wholly(only, target)], leftOut: [] };
  if (holders.every(mayShare)) return splitByProcess(target, holders, ownerOf);
  const living = holders.filter((holder) => runsOn(target, holder, ownerOf));
  const [alive] = living.length === 1 && holders.every(({ shared }) => !shared) ? living : [];
  const others = holders.filter((holder) => holder !== alive);
  return {
    readings: alive ? [wholly(alive, target)] : [],
    leftOut: others.map((holder) => ({ holder, reason: 'claimed-twice', target })),
  };
}

/** Whether a process of the holder's pod is on the GPU or slice. */
function runsOn({ device, slice }: Target, { allocation }: Holder, ownerOf: OwnerLookup | undefined): boolean {
  return (device.processes ?? [])
    .filter(({ migInstanceUuid }) => !slice || migInstanceUuid === slice.uuid)
    .map(({ pid }) => ownerOf?.(pid))
    .some((owner) => owner?.kind === 'pod' && owner.namespace === allocation.namespace && owner.pod === allocation.pod);
}

/**
 * A claim of dynamic resource allocation may be several pods' on purpose. Of other devices that are held twice one holder is
 * a pod that has ended: kubelets before 1.34 still list it. It has no process any more.
 */
function mayShare({ shared, allocation }: Holder): boolean {
  return shared || allocation.resource === draDriver;
}

function wholly({ allocation: { namespace, pod, container }, deviceIds }: Holder, target: Target): PodReading {
  const { utilizationRatio, memoryUsedBytes, memoryTotalBytes } = target.slice ?? target.device;
  return {
    namespace,
    pod,
    container,
    attribution: target.slice ? 'mig' : 'exclusive',
    target,
    ...(utilizationRatio !== undefined && { utilizationRatio }),
    ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
    ...(memoryTotalBytes !== undefined && { memoryTotalBytes }),
    deviceIds,
  };
}
