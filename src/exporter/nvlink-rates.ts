import type { EpochMs } from '../domain/clock.ts';
import type { GpuDevice, GpuSample } from '../domain/gpu.ts';

/** What NVLink carries per second, from what the driver counted between two samples. */
export class NvlinkRates {
  #last: { readonly atMs: EpochMs; readonly bytes: ReadonlyMap<string, number> } | undefined;
  #rates: ReadonlyMap<string, number> = new Map();

  /**
   * Bytes per second, both ways together, by the UUID of the GPU: none at first, nor where a count began anew. A sample may be
   * asked for again.
   */
  of({ observedAtMs: atMs, devices }: GpuSample): ReadonlyMap<string, number> {
    if (atMs === this.#last?.atMs) return this.#rates;
    const bytes = new Map(devices.flatMap((device) => counted(device)));
    this.#rates = new Map([...bytes].flatMap(([uuid, total]) => this.#rateOf(uuid, total, atMs)));
    this.#last = { atMs, bytes };
    return this.#rates;
  }

  #rateOf(uuid: string, total: number, atMs: EpochMs): [string, number][] {
    const before = this.#last?.bytes.get(uuid);
    const elapsedMs = atMs - (this.#last?.atMs ?? atMs);
    if (before === undefined || total < before || elapsedMs <= 0) return [];
    return [[uuid, ((total - before) / elapsedMs) * 1_000]];
  }
}

function counted({ uuid, nvlinkTransmittedBytes: sent, nvlinkReceivedBytes: received }: GpuDevice): [string, number][] {
  return sent === undefined || received === undefined ? [] : [[uuid, sent + received]];
}
