import type { GpuSample } from '../domain/gpu.ts';
import type { Rejections } from './rejections.ts';

export type BackendName = 'nvml' | 'nvidia-smi' | 'simulated';

/** What the driver says of a GPU once, beside the samples. */
interface GpuIdentity {
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
