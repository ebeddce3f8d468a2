import { readFile } from 'node:fs/promises';

/** What a load file says of one GPU; the rest is made up. */
interface GpuLoad {
  readonly utilizationRatio?: number;
  readonly memoryUsedBytes?: number;
}

/** Loads by GPU, named by UUID or by index. */
export type Loads = ReadonlyMap<string, GpuLoad>;

/**
 * A file in which others say how busy the simulated GPUs are:
 * `{ "GPU-…": { "utilizationRatio": 0.7, "memoryUsedBytes": 1e10 }, "1": { … } }`.
 */
export class LoadFile {
  readonly #path: string;
  #text = '';
  #loads: Loads = new Map();

  constructor(path: string) {
    this.#path = path;
  }

  /** The loads as of now. A file that is gone or caught half written leaves the last ones in force. */
  async read(): Promise<Loads> {
    const text = await readFile(this.#path, 'utf8').catch(() => this.#text);
    if (text !== this.#text) {
      this.#text = text;
      this.#loads = parseLoads(text) ?? this.#loads;
    }
    return this.#loads;
  }
}

/** Reads the text of a load file; undefined for what is no object. Values that can't be true are left out. */
export function parseLoads(text: string): Loads | undefined {
  const parsed = parseJson(text);
  if (!isRecord(parsed)) return undefined;
  return new Map(Object.entries(parsed).map(([gpu, load]) => [gpu, isRecord(load) ? readLoad(load) : {}]));
}

function readLoad(load: Readonly<Record<string, unknown>>): GpuLoad {
  const { utilizationRatio, memoryUsedBytes } = load;
  return {
    ...(isWithin(utilizationRatio, 1) && { utilizationRatio }),
    ...(isWithin(memoryUsedBytes, Number.MAX_SAFE_INTEGER) && { memoryUsedBytes }),
  };
}

function isWithin(value: unknown, max: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= max;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
