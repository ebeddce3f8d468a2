import { parseDeviceId } from './device-id.ts';
import type { Attribution } from './pod-reading.ts';
import { targetUuid } from './target.ts';
import type { Target } from './target.ts';

/** How many GPUs and slices a pod holds, whether or not their figures could be told apart. */
export interface PodDevices {
  readonly namespace: string;
  readonly pod: string;
  readonly devices: number;
}

/**
 * Counts what each pod holds: a GPU once, however many replicas of it or containers with it the pod has. Beside the
 * pod's readings it tells whether they are all.
 */
export function countPodDevices({ readings, leftOut }: Attribution): PodDevices[] {
  const pods = new Map<string, { readonly namespace: string; readonly pod: string; readonly keys: Set<string> }>();
  const add = ({ namespace, pod }: { namespace: string; pod: string }, keys: readonly string[]): void => {
    const name = `${namespace}/${pod}`;
    const entry = pods.get(name) ?? { namespace, pod, keys: new Set() };
    pods.set(name, entry);
    for (const key of keys) entry.keys.add(key);
  };
  for (const reading of readings) add(reading, [targetUuid(reading.target)]);
  for (const { holder, target } of leftOut) add(holder.allocation, keysOf(target, holder.deviceIds));
  return [...pods.values()].map(({ namespace, pod, keys }) => ({ namespace, pod, devices: keys.size }));
}

/** What is not found among the driver's GPUs is told apart by its ID, without the number of its replica. */
function keysOf(target: Target | undefined, deviceIds: readonly string[]): string[] {
  if (target) return [targetUuid(target)];
  return deviceIds.map((text) => {
    const id = parseDeviceId(text);
    return id ? JSON.stringify({ ...id, shared: undefined }) : text;
  });
}
