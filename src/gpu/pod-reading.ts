import type { Allocation } from '../domain/gpu.ts';
import type { Target } from './target.ts';

/** Why an allocated device has no reading of its own, and what that means. */
export const unattributedReasons = {
  shared: 'several may use the GPU, and it is not known which processes do or whose they are',
  'unknown-process': 'several may use the GPU, and it is not known whose one of its processes is',
  mig: 'the slices of the GPU are not known, or the ID names the GPU as a whole or more than one slice',
  'unknown-id': 'no known device plugin writes such an ID',
  'no-such-gpu': 'the driver lists no such GPU or slice',
  'claimed-twice': 'the kubelet lists more than one holder of what only one can hold',
} as const;
export type UnattributedReason = keyof typeof unattributedReasons;

/** What one container has of one GPU. A figure that is not known is absent. */
export interface PodReading {
  readonly namespace: string;
  readonly pod: string;
  /** Empty where several containers of the pod share the GPU: their processes are not told apart. */
  readonly container: string;
  /**
   * How the figures are the container's own. `exclusive`: it holds the whole GPU; `mig`: it holds the slice; `process`: it
   * shares the GPU or slice, and they are those of its processes.
   */
  readonly attribution: 'exclusive' | 'mig' | 'process';
  readonly target: Target;
  readonly utilizationRatio?: number;
  readonly memoryUsedBytes?: number;
  /** Of the GPU or slice; a shared one's is the same to all that share it. */
  readonly memoryTotalBytes?: number;
  /** What the kubelet gave to the container. */
  readonly deviceIds: readonly string[];
  /** The processes whose figures were added up. */
  readonly pids?: readonly number[];
}

/** A device that a container holds, and why it has no reading. */
export interface LeftOut {
  readonly holder: Holder;
  readonly reason: UnattributedReason;
  /** Which process, for instance. */
  readonly detail?: string;
  /** Absent where it is not known which GPU it is. */
  readonly target?: Target;
}

export interface Attribution {
  readonly readings: readonly PodReading[];
  readonly leftOut: readonly LeftOut[];
}

/** One container and what it holds of one GPU or slice, by all the IDs that name it. */
export interface Holder {
  readonly allocation: Allocation;
  readonly deviceIds: readonly string[];
  /** By its ID the device has other holders, or may have. */
  readonly shared: boolean;
}
