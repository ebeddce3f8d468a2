import type { RejectedValue } from '../../rejections.ts';
import { mebibytes, percent, readQuantity } from '../value.ts';
import type { Quantity } from '../value.ts';

/** Where the columns of `nvidia-smi pmon` are; drivers add some over the years. */
export interface PmonColumns {
  readonly gpu: number;
  readonly pid: number;
  readonly sm: number;
  /** Absent where memory was not asked for. */
  readonly fb?: number;
}

/** One line: a process on a GPU, or a GPU without any. */
export interface PmonRow {
  readonly gpuIndex: number;
  readonly process?: PmonProcess;
  readonly rejectedValues: readonly RejectedValue[];
}

export interface PmonProcess {
  readonly pid: number;
  /** Absent where the driver took no sample of it: it ran nothing, or the GPU tells none at all. */
  readonly smRatio?: number;
  readonly memoryBytes?: number;
}

/** Reads `# gpu pid type sm mem enc dec … command`; undefined for a line that is no header, the one of the units too. */
export function parsePmonHeader(line: string): PmonColumns | undefined {
  const names = cellsOf(line.replace(/^#\s*/, ''));
  const at = (name: string): number => names.indexOf(name);
  if (!line.startsWith('#') || [at('gpu'), at('pid'), at('sm')].includes(-1)) return undefined;
  return { gpu: at('gpu'), pid: at('pid'), sm: at('sm'), ...(at('fb') >= 0 && { fb: at('fb') }) };
}

/** Reads a line under its header; undefined where it is none. The command comes last and may hold blanks. */
export function parsePmonRow(line: string, columns: PmonColumns): PmonRow | undefined {
  const cells = cellsOf(line);
  const cell = (position = -1): string => cells[position] ?? '';
  const [gpu, pid] = [cell(columns.gpu), cell(columns.pid)];
  if (!/^\d{1,4}$/.test(gpu)) return undefined;
  if (pid === '-') return { gpuIndex: Number(gpu), rejectedValues: [] };
  if (!/^\d{1,10}$/.test(pid) || cells.length <= Math.max(columns.sm, columns.fb ?? 0)) return undefined;
  const rejectedValues: RejectedValue[] = [];
  const smRatio = read(cell(columns.sm), percent, 'processSmUtilizationRatio', rejectedValues);
  const memoryBytes = read(cell(columns.fb), mebibytes, 'processMemoryUsedBytes', rejectedValues);
  const process = { pid: Number(pid), ...(smRatio !== undefined && { smRatio }), ...(memoryBytes !== undefined && { memoryBytes }) }; // prettier-ignore
  return { gpuIndex: Number(gpu), process, rejectedValues };
}

function read(text: string, quantity: Quantity, field: string, rejected: RejectedValue[]): number | undefined {
  const value = readQuantity(text, quantity);
  if (typeof value !== 'string') return value;
  rejected.push({ field, reason: value });
  return undefined;
}

function cellsOf(line: string): string[] {
  return line.trim().split(/\s+/);
}
