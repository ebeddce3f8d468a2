import { demandHandle, tells, viewOf } from './device-calls.ts';
import { gpmMetrics } from './figures.ts';
import type { Handle, Library } from './library.ts';
import { returnCodes } from './return-codes.ts';

/** `nvmlGpmMetricsGet_t`: version, number of metrics, two samples, and 333 of `nvmlGpmMetric_t`. */
const metricsStart = 24;
const metricSize = 40;
const request = Buffer.alloc(metricsStart + 333 * metricSize);
const requestView = viewOf(request);
/** The part that is used: what was told the last time must not be taken for an answer. */
const question = Buffer.alloc(metricsStart + gpmMetrics.length * metricSize);
question.writeUInt32LE(1, 0);
question.writeUInt32LE(gpmMetrics.length, 4);
for (const [position, { id }] of gpmMetrics.entries()) question.writeUInt32LE(id, metricsStart + position * metricSize);
const support = Buffer.alloc(8);

/** Who is sampled: a GPU, or one GPU instance of it. */
interface Subject {
  readonly device: Handle;
  readonly uuid: string;
  readonly gpuInstanceId?: number;
}

interface Samples {
  before: Handle;
  now: Handle;
  /** How many were taken; figures are of the time between two. */
  taken: number;
  used: boolean;
}

/**
 * Figures of the time between two readings, by the performance counters that Hopper and later GPUs have (GPM). They are the
 * only utilization of a MIG slice that the library tells.
 */
export class PerformanceSamples {
  readonly #library: Library;
  readonly #supported = new Map<string, boolean>();
  readonly #samples = new Map<string, Samples>();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Percents and rates by field; none at first, and none where the GPU has no such counters. */
  read(subject: Subject): Record<string, number> {
    if (!this.#isSupported(subject)) return {};
    const samples = this.#samplesOf(subject);
    samples.used = true;
    [samples.before, samples.now] = [samples.now, samples.before];
    if (!this.#take(subject, samples.now)) {
      samples.taken = 0;
      return {};
    }
    samples.taken += 1;
    return samples.taken > 1 ? this.#compare(samples) : {};
  }

  /** Gives back the samples of whoever was not read since this was last called. */
  forgetUnread(): void {
    for (const [key, samples] of this.#samples) {
      if (!samples.used) {
        this.#library.call('gpmFree', samples.before);
        this.#library.call('gpmFree', samples.now);
        this.#samples.delete(key);
      }
      samples.used = false;
    }
  }

  #isSupported({ device, uuid }: Subject): boolean {
    const known = this.#supported.get(uuid);
    if (known !== undefined) return known;
    support.writeUInt32LE(1, 0);
    const isSupported = tells(this.#library, 'gpmSupport', device, support) && support.readUInt32LE(4) === 1;
    this.#supported.set(uuid, isSupported);
    return isSupported;
  }

  #samplesOf({ uuid, gpuInstanceId }: Subject): Samples {
    const key = `${uuid}/${gpuInstanceId ?? ''}`;
    const kept = this.#samples.get(key);
    if (kept) return kept;
    const allocate = (): Handle => demandHandle(this.#library, 'gpmAllocate');
    const samples = { before: allocate(), now: allocate(), taken: 0, used: true };
    this.#samples.set(key, samples);
    return samples;
  }

  #take({ device, gpuInstanceId }: Subject, sample: Handle): boolean {
    return gpuInstanceId === undefined
      ? tells(this.#library, 'gpmSample', device, sample)
      : tells(this.#library, 'gpmSliceSample', device, gpuInstanceId, sample);
  }

  #compare({ before, now }: Samples): Record<string, number> {
    request.set(question);
    requestView.setBigUint64(8, before, true);
    requestView.setBigUint64(16, now, true);
    if (!tells(this.#library, 'gpmMetrics', request)) return {};
    const figures: Record<string, number> = {};
    for (const [position, { field }] of gpmMetrics.entries()) {
      const at = metricsStart + position * metricSize;
      const value = requestView.getFloat64(at + 8, true);
      const isTold = requestView.getInt32(at + 4, true) === returnCodes.success && Number.isFinite(value);
      if (isTold) figures[field] = value;
    }
    return figures;
  }
}
