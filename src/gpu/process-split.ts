import type { GpuProcess } from '../domain/gpu.ts';
import type { Attribution, Holder, PodReading } from './pod-reading.ts';
import type { OwnerLookup, PodName } from './processes/owner.ts';
import type { Target } from './target.ts';

/** A process on the GPU and the pod that it runs in; no pod for one that runs on the host. */
interface Owned {
  readonly process: GpuProcess;
  readonly pod?: PodName;
}

/** Makes the figures of the processes on one GPU fit what is known of the GPU itself. */
interface Scales {
  readonly utilization: number;
  readonly memory: number;
}

/**
 * Splits a GPU or slice that several share by the processes of each pod. A process counts only for a pod to which the kubelet gave
 * a share. A pod without a process on it has 0, for then it is known that it uses nothing; but where one process' owner is
 * not known, everybody's figures would be guesses, and all are left out.
 */
export function splitByProcess(
  target: Target,
  holders: readonly Holder[],
  ownerOf: OwnerLookup | undefined,
): Attribution {
  const leaveOut = (reason: 'shared' | 'unknown-process', detail?: string): Attribution => ({
    readings: [],
    leftOut: holders.map((holder) => ({ holder, reason, target, ...(detail !== undefined && { detail }) })),
  });
  const processes = processesOn(target);
  if (!ownerOf) return leaveOut('shared', 'processes are not looked up here: see --pod-logs-path');
  if (!processes) return leaveOut('shared', 'the driver does not tell its processes');
  if (typeof processes === 'number') return leaveOut('unknown-process', `process ${processes} is on an unknown slice`);
  const owned: Owned[] = [];
  for (const process of processes) {
    const owner = ownerOf(process.pid);
    if (owner.kind === 'unknown') return leaveOut('unknown-process', owner.why);
    if (owner.kind === 'pod') owned.push({ process, pod: owner });
    if (owner.kind === 'host') owned.push({ process });
  }
  const scales = scalesOf(target, owned);
  return { readings: byPod(holders).map((shares) => readingOf(target, shares, owned, scales)), leftOut: [] };
}

/** The processes on a GPU or slice: undefined where they are not told, a number where that one's slice is not told. */
function processesOn({ device, slice }: Target): readonly GpuProcess[] | number | undefined {
  if (!slice || !device.processes) return device.processes;
  const lost = device.processes.find(({ migInstanceUuid }) => migInstanceUuid === undefined);
  return lost?.pid ?? device.processes.filter(({ migInstanceUuid }) => migInstanceUuid === slice.uuid);
}

function byPod(holders: readonly Holder[]): Holder[][] {
  const pods = Map.groupBy(holders, ({ allocation }) => `${allocation.namespace}/${allocation.pod}`);
  return [...pods.values()];
}

/**
 * Processes are measured one by one and at another moment than the GPU, so together they may have more than it has: then each
 * gets its part of what the GPU has.
 */
function scalesOf({ device, slice }: Target, owned: readonly Owned[]): Scales {
  const whole = slice ?? device;
  const utilization = total(owned.map(({ process }) => process.smUtilizationRatio ?? 0));
  const memory = total(owned.map(({ process }) => process.memoryUsedBytes ?? 0));
  return {
    utilization: fit(utilization, whole.utilizationRatio ?? 1),
    memory: fit(memory, whole.memoryUsedBytes ?? whole.memoryTotalBytes ?? Infinity),
  };
}

function fit(sum: number, most: number): number {
  return sum > most ? most / sum : 1;
}

function readingOf(target: Target, shares: readonly Holder[], owned: readonly Owned[], scales: Scales): PodReading {
  const [first, ...others] = shares.map(({ allocation }) => allocation);
  const { namespace = '', pod = '', container = '' } = first ?? {};
  const own = owned.filter((one) => one.pod?.namespace === namespace && one.pod.pod === pod).map(({ process }) => process); // prettier-ignore
  const utilization = known(own.map(({ smUtilizationRatio }) => smUtilizationRatio));
  const memory = known(own.map(({ memoryUsedBytes }) => memoryUsedBytes));
  const { memoryTotalBytes } = target.slice ?? target.device;
  return {
    namespace,
    pod,
    container: others.length === 0 ? container : '',
    attribution: 'process',
    target,
    ...(utilization !== undefined && { utilizationRatio: utilization * scales.utilization }),
    ...(memory !== undefined && { memoryUsedBytes: Math.floor(memory * scales.memory) }),
    ...(memoryTotalBytes !== undefined && { memoryTotalBytes }),
    deviceIds: shares.flatMap(({ deviceIds }) => deviceIds),
    pids: own.map(({ pid }) => pid),
  };
}

/** The sum where every part is known; 0 of no parts. */
function known(parts: readonly (number | undefined)[]): number | undefined {
  const numbers = parts.filter((part) => part !== undefined);
  return numbers.length === parts.length ? total(numbers) : undefined;
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
