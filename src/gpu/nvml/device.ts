import { clockEventReasons } from '../../domain/gpu.ts';
import type { ClockEventReason, GpuDevice, GpuProcess, MigDevice } from '../../domain/gpu.ts';
import { scales } from './figures.ts';
import type { FigureName } from './figures.ts';
import type { RawBusy, RawDevice, RawFigures, RawProcess, RawSlice } from './message.ts';

const uuidForm = /^GPU-[0-9a-f-]{8,64}$/i;
const sliceUuidForm = /^MIG-(GPU-)?[0-9a-f-]{8,64}(\/\d+\/\d+)?$/i;

/** Takes what a library told apart into what can be true, in base units, and what can't, which it counts. */
export class DeviceReader {
  #rejected = 0;

  /** Values thrown away so far. */
  get rejectedValues(): number {
    return this.#rejected;
  }

  /** A GPU; undefined where the library names none: without its UUID nothing else about it can be believed. */
  read(raw: RawDevice): GpuDevice | undefined {
    if (!uuidForm.test(raw.uuid)) return undefined;
    const figures = this.#figures(raw.figures);
    const migDevices = raw.slices?.flatMap((slice) => this.#slice(slice, raw.slices ?? []) ?? []);
    const processes = raw.slices ? this.#sliceProcesses(raw.slices) : this.#processes(raw.processes, raw.busy);
    return {
      index: raw.index,
      uuid: raw.uuid,
      model: raw.name || 'unknown',
      pciBusId: raw.busId.toLowerCase() || 'unknown',
      ...(raw.minorNumber !== undefined && { minorNumber: raw.minorNumber }),
      migEnabled: raw.migEnabled,
      ...figures,
      ...(raw.clockEvents !== undefined && { clockEventReasons: reasonsOf(raw.clockEvents) }),
      ...(processes && { processes }),
      ...(migDevices && { migDevices }),
    };
  }

  #figures(raw: RawFigures): Partial<Record<FigureName, number>> {
    const figures: Partial<Record<FigureName, number>> = {};
    for (const [field, written] of Object.entries(raw)) {
      const value = inBaseUnits(field, written);
      if (value === undefined) this.#rejected += 1;
      else figures[field as FigureName] = value;
    }
    if ((figures.memoryUsedBytes ?? 0) > (figures.memoryTotalBytes ?? Infinity)) {
      delete figures.memoryUsedBytes;
      this.#rejected += 1;
    }
    return figures;
  }

  #processes(raw: readonly RawProcess[] | undefined, busy?: readonly RawBusy[]): GpuProcess[] | undefined {
    const percents = busy && new Map(busy);
    return raw?.map(([pid, bytes]) => {
      const percent = percents && (percents.get(pid) ?? 0);
      const { memoryUsedBytes } = this.#figures(bytes === null ? {} : { memoryUsedBytes: bytes });
      const { smActiveRatio } = this.#figures(percent === undefined ? {} : { smActiveRatio: percent });
      return {
        pid,
        ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
        ...(smActiveRatio !== undefined && { smUtilizationRatio: smActiveRatio }),
      };
    });
  }

  /** Undefined where one slice does not tell its processes: half a list would be read as the whole. */
  #sliceProcesses(slices: readonly RawSlice[]): GpuProcess[] | undefined {
    const all: GpuProcess[] = [];
    for (const { uuid, processes } of slices) {
      const own = this.#processes(processes);
      if (!own) return undefined;
      all.push(...own.map((process) => ({ ...process, migInstanceUuid: uuid })));
    }
    return all;
  }

  #slice(raw: RawSlice, all: readonly RawSlice[]): MigDevice | undefined {
    if (!sliceUuidForm.test(raw.uuid)) {
      this.#rejected += 1;
      return undefined;
    }
    const { memoryUsedBytes, memoryTotalBytes, graphicsEngineActiveRatio } = this.#figures(raw.figures);
    // The counters are those of the GPU instance: its only compute instance's, or of no one compute instance.
    const isAlone = all.filter(({ gpuInstanceId }) => gpuInstanceId === raw.gpuInstanceId).length === 1;
    const profile = / MIG (\S+)$/.exec(raw.name)?.[1];
    return {
      uuid: raw.uuid,
      gpuInstanceId: raw.gpuInstanceId,
      computeInstanceId: raw.computeInstanceId,
      ...(profile !== undefined && { profile }),
      ...(memoryUsedBytes !== undefined && { memoryUsedBytes }),
      ...(memoryTotalBytes !== undefined && { memoryTotalBytes }),
      ...(isAlone && graphicsEngineActiveRatio !== undefined && { utilizationRatio: graphicsEngineActiveRatio }),
    };
  }
}

/** Undefined for what can't be true. Divided, not multiplied, so that 29 % is 0.29. */
function inBaseUnits(field: string, written: number): number | undefined {
  const scale = scales.get(field);
  if (!scale) return undefined;
  const { times = 1, dividedBy = 1, min = 0, max = Number.MAX_SAFE_INTEGER } = scale;
  const value = (written * times) / dividedBy;
  return value >= min && value <= max ? value : undefined;
}

function reasonsOf(bits: number): ClockEventReason[] {
  return clockEventReasons.filter((_, bit) => (bits & (1 << bit)) !== 0);
}
