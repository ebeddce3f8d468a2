import { reasonsOfBits } from '../../domain/gpu.ts';
import type { GpuDevice, GpuProcess, MigDevice } from '../../domain/gpu.ts';
import type { RejectedValue } from '../rejections.ts';
import { toBaseUnits } from './base-units.ts';
import type { Figures } from './base-units.ts';
import type { RawBusy, RawDevice, RawProcess, RawSlice } from './message.ts';

const uuidForm = /^GPU-[0-9a-f-]{8,64}$/i;
const sliceUuidForm = /^MIG-(GPU-)?[0-9a-f-]{8,64}(\/\d+\/\d+)?$/i;

/** Takes what a library told apart into what can be true, in base units, and what can't, which it counts. */
export class DeviceReader {
  readonly #rejected: RejectedValue[] = [];

  /** Values thrown away so far. */
  get rejectedValues(): readonly RejectedValue[] {
    return this.#rejected;
  }

  /** A GPU; undefined where the library names none: without its UUID nothing else about it can be believed. */
  read(raw: RawDevice): GpuDevice | undefined {
    if (!uuidForm.test(raw.uuid)) return undefined;
    const figures = toBaseUnits(raw.figures, this.#rejected);
    const migDevices = raw.slices?.flatMap((slice) => this.#slice(slice, raw.slices ?? []) ?? []);
    const processes = raw.slices
      ? this.#sliceProcesses(raw.slices)
      : this.#processes(raw.processes, figures.memoryTotalBytes, raw.busy);
    return {
      ...identityOf(raw),
      ...figures,
      ...(raw.clockEvents !== undefined && { clockEventReasons: reasonsOfBits(BigInt(raw.clockEvents)) }),
      ...(raw.xidsWatched && { xidErrors: { counts: new Map() } }),
      ...(raw.vgpuLicence && { vgpuLicence: raw.vgpuLicence }),
      ...(processes && { processes }),
      ...(migDevices && { migDevices }),
    };
  }

  #processes(
    raw: readonly RawProcess[] | undefined,
    memoryTotalBytes = Infinity,
    busy?: readonly RawBusy[],
  ): GpuProcess[] | undefined {
    const percents = busy && new Map(busy);
    return raw?.map(([pid, bytes]) => {
      const percent = percents && (percents.get(pid) ?? 0);
      const memoryUsedBytes = bytes === null ? undefined : this.#ofProcess('processMemoryUsedBytes', bytes, memoryTotalBytes); // prettier-ignore
      const smUtilization = percent === undefined ? undefined : this.#ofProcess('processSmUtilizationRatio', percent, 100); // prettier-ignore
      return {
        pid,
        ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
        ...(smUtilization !== undefined && { smUtilizationRatio: smUtilization / 100 }),
      };
    });
  }

  /** No process has more than its GPU or slice has. */
  #ofProcess(field: string, value: number, max: number): number | undefined {
    if (value >= 0 && value <= max) return value;
    this.#rejected.push({ field, reason: field === 'processMemoryUsedBytes' ? 'more-than-total' : 'out-of-range' });
    return undefined;
  }

  /** Undefined where one slice does not tell its processes: half a list would be read as the whole. */
  #sliceProcesses(slices: readonly RawSlice[]): GpuProcess[] | undefined {
    const all: GpuProcess[] = [];
    for (const { uuid, processes, figures } of slices) {
      const own = this.#processes(processes, figures['memoryTotalBytes']);
      if (!own) return undefined;
      all.push(...own.map((process) => ({ ...process, migInstanceUuid: uuid })));
    }
    return all;
  }

  #slice(raw: RawSlice, all: readonly RawSlice[]): MigDevice | undefined {
    if (!sliceUuidForm.test(raw.uuid)) {
      this.#rejected.push({ field: 'migUuid', reason: 'unreadable' });
      return undefined;
    }
    const { memoryUsedBytes, memoryTotalBytes, ...counters } = toBaseUnits(raw.figures, this.#rejected);
    // The counters are those of the GPU instance: its only compute instance's, or of no one compute instance.
    const isAlone = all.filter(({ gpuInstanceId }) => gpuInstanceId === raw.gpuInstanceId).length === 1;
    const profile = / MIG (\S+)$/.exec(raw.name)?.[1];
    return {
      uuid: raw.uuid,
      gpuInstanceId: raw.gpuInstanceId,
      computeInstanceId: raw.computeInstanceId,
      ...(profile !== undefined && { profile }),
      ...(raw.placement && { placement: raw.placement }),
      ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
      ...(memoryTotalBytes !== undefined && { memoryTotalBytes }),
      ...(isAlone && countersOf(counters)),
    };
  }
}

/** What is told of a slice by its performance counters; its utilization is that of its engines. */
function countersOf(figures: Figures): Partial<MigDevice> {
  const { graphicsEngineActiveRatio, smActiveRatio, smOccupancyRatio, tensorActiveRatio, memoryBandwidthRatio } = figures; // prettier-ignore
  return {
    ...(graphicsEngineActiveRatio !== undefined && { utilizationRatio: graphicsEngineActiveRatio }),
    ...(smActiveRatio !== undefined && { smActiveRatio }),
    ...(smOccupancyRatio !== undefined && { smOccupancyRatio }),
    ...(tensorActiveRatio !== undefined && { tensorActiveRatio }),
    ...(memoryBandwidthRatio !== undefined && { memoryBandwidthRatio }),
  };
}

function identityOf(raw: RawDevice): GpuDevice {
  return {
    index: raw.index,
    uuid: raw.uuid,
    model: raw.name || 'unknown',
    pciBusId: raw.busId.toLowerCase() || 'unknown',
    ...(raw.minorNumber !== undefined && { minorNumber: raw.minorNumber }),
    migEnabled: raw.migEnabled,
  };
}
