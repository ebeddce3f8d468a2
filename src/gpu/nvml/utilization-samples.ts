import { isTold } from './device-calls.ts';
import type { Handle, Library } from './library.ts';
import { returnCodes } from './return-codes.ts';

/** `NVML_GPU_UTILIZATION_SAMPLES` of `nvmlSamplingType_t`. */
const ofUtilization = 1;
/** `nvmlSample_t`: time in microseconds, value. */
const sampleSize = 16;
/** The driver keeps about 70, one each 200 ms. */
const mostSamples = 512;
/** What the first reading takes, and how long a mean stands while there is no newer sample. */
const recentUs = 1_000_000n;

const buffer = Buffer.alloc(mostSamples * sampleSize);
const count = Buffer.alloc(4);
const valueType = Buffer.alloc(4);

/**
 * The utilization of one GPU as the mean of the samples that the driver took since the last reading. The utilization that it
 * tells by itself is that of a short time before the question: under a load that comes and goes it swings between nothing and all.
 */
export class UtilizationSamples {
  #lastSeenUs = 0n;
  #mean: { readonly percent: number; readonly atMs: number } | undefined;

  /** In percent; undefined where the driver keeps no samples. */
  read(library: Library, device: Handle, nowMs: number): number | undefined {
    if (this.#mean && nowMs < this.#mean.atMs) this.#lastSeenUs = 0n;
    const samples = this.#take(library, device);
    if (samples.length > 0) this.#mean = { percent: mean(samples), atMs: nowMs };
    const isRecent = this.#mean !== undefined && Math.abs(nowMs - this.#mean.atMs) <= Number(recentUs / 1_000n);
    return isRecent ? this.#mean?.percent : undefined;
  }

  #take(library: Library, device: Handle): number[] {
    count.writeUInt32LE(mostSamples, 0);
    const code = library.call('samples', device, ofUtilization, this.#lastSeenUs, valueType, count, buffer);
    if (code === returnCodes.notFound || !isTold('samples', code)) return [];
    const samples = Array.from({ length: Math.min(mostSamples, count.readUInt32LE(0)) }, (_, at) => ({
      atUs: buffer.readBigUInt64LE(at * sampleSize),
      percent: buffer.readUInt32LE(at * sampleSize + 8),
    }));
    const newestUs = samples.reduce((newest, { atUs }) => (atUs > newest ? atUs : newest), 0n);
    const afterUs = this.#lastSeenUs === 0n ? newestUs - recentUs : this.#lastSeenUs;
    if (newestUs > this.#lastSeenUs) this.#lastSeenUs = newestUs;
    return samples.filter(({ atUs, percent }) => atUs > afterUs && percent <= 100).map(({ percent }) => percent);
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
