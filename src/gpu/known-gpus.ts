import type { GpuDevice, GpuSample, LostGpu } from '../domain/gpu.ts';

/** Remembers who the GPUs are, so that one that the driver counts and no longer shows has a name. */
export class KnownGpus {
  readonly #known = new Map<string, LostGpu>();

  /**
   * Names what is lost in a sample: as many as the driver counts beyond what it shows. A GPU that it does not count any more
   * is not lost but gone, and forgotten.
   */
  withLost(sample: GpuSample, lostCount: number): GpuSample {
    const shown = new Set(sample.devices.map(({ uuid }) => uuid));
    for (const device of sample.devices) this.#known.set(device.uuid, identityOf(device));
    const missing = [...this.#known.values()].filter(({ uuid }) => !shown.has(uuid));
    if (lostCount > 0) return { ...sample, lost: missing.slice(0, lostCount), lostCount };
    for (const { uuid } of missing) this.#known.delete(uuid);
    return sample;
  }
}

function identityOf({ index, uuid, model, pciBusId }: GpuDevice): LostGpu {
  return { index, uuid, model, pciBusId };
}
