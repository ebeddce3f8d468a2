import type { EpochMs } from '../../../domain/clock.ts';
import type { GpuProcess, MigDevice } from '../../../domain/gpu.ts';
import type { RejectedValue } from '../../rejections.ts';
import { ask } from '../ask.ts';
import { parseList } from './list.ts';
import { readProcesses, readSlices } from './slices.ts';
import { parseXmlReport } from './xml.ts';

/** What `--query-gpu` does not tell of a GPU. */
export interface GpuDetail {
  readonly minorNumber?: number;
  readonly pcieReplays?: number;
  /** Absent where the slices are not known; empty where there are none. */
  readonly slices?: readonly MigDevice[];
  readonly processes?: readonly GpuProcess[];
}

/** The detail of all GPUs, by UUID. */
export interface Detail {
  readonly observedAtMs: EpochMs;
  readonly byUuid: ReadonlyMap<string, GpuDetail>;
  readonly rejectedValues: readonly RejectedValue[];
}

/** How long a question may take: on a node without persistence mode the driver wakes every GPU first. */
const patienceMs = 20_000;

/**
 * Asks `nvidia-smi -q -x`, and `-L` where a GPU is cut in slices. Undefined where either fails; `gone` resolves when the
 * processes are.
 */
export async function askDetail(
  path: string,
  nowMs: EpochMs,
  signal: AbortSignal,
): Promise<{ readonly detail?: Detail; readonly gone?: Promise<void> }> {
  const answer = await ask(path, ['-q', '-x'], patienceMs, signal);
  if (!answer.ok) return { gone: answer.gone };
  const report = parseXmlReport(answer.text);
  if (!report) return {};
  const isCut = report.gpus.some(({ migDevices }) => migDevices.length > 0);
  const list = isCut ? await ask(path, ['-L'], patienceMs, signal) : undefined;
  const listed = list?.ok ? parseList(list.text) : [];
  const rejectedValues: RejectedValue[] = [];
  const gpus = report.gpus.map(({ device, migDevices, processes, pcieReplays }): [string, GpuDetail] => {
    const own = listed.filter(({ gpuUuid }) => gpuUuid.toLowerCase() === device.uuid.toLowerCase());
    const slices = readSlices(migDevices, own, rejectedValues);
    const detail = {
      ...(device.minorNumber !== undefined && { minorNumber: device.minorNumber }),
      ...(pcieReplays !== undefined && { pcieReplays }),
      ...(slices && { slices }),
      ...(processes && { processes: readProcesses(processes, slices, rejectedValues) }),
    };
    return [device.uuid, detail];
  });
  const detail = { observedAtMs: nowMs, byUuid: new Map(gpus), rejectedValues };
  return list?.ok === false ? { detail, gone: list.gone } : { detail };
}
