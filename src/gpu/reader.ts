import type { GpuSample } from '../domain/gpu.ts';

export type BackendName = 'nvml' | 'nvidia-smi' | 'simulated';

/** What a reader threw away since its last event, because it could not be true. */
export interface Rejections {
  /** Lines that were not what was asked for, and devices that the driver counts and does not show. */
  readonly lines: number;
  /** Single values out of their range: a utilization of 400 %, more memory used than there is. */
  readonly values: number;
}

/** What the driver says of a GPU once, beside the samples. */
export interface GpuIdentity {
  readonly uuid: string;
  readonly minorNumber?: number;
  /** MIG devices at the time of asking. */
  readonly migDevices: number;
}

/** What a reader tells as it goes. A failure says that the last sample no longer describes now. */
export type ReaderEvent =
  | { readonly kind: 'sample'; readonly sample: GpuSample; readonly rejected: Rejections }
  /** The reader starts again by itself after each. */
  | {
      readonly kind: 'failure';
      readonly reason: string;
      readonly rejected: Rejections;
      /** The driver is there and keeps this container from the GPUs: NVML says 17 or 999 when it begins. */
      readonly accessDenied?: boolean;
    }
  /** Reading begins; `unknownFields` are those that this driver does not have. */
  | { readonly kind: 'started'; readonly unknownFields: readonly string[] }
  | { readonly kind: 'identified'; readonly gpus: readonly GpuIdentity[] };

/**
 * Reads the node's GPUs, again and again, and tells each sample. A reader looks after itself: whatever the driver
 * does, it reports a failure, recovers when the driver does, and never throws at whoever listens.
 */
export interface GpuReader {
  readonly backend: BackendName;
  start(listener: (event: ReaderEvent) => void): void;
  stop(): Promise<void>;
}
