import { freemem, totalmem } from 'node:os';
import { pause } from '../domain/clock.ts';
import type { Clock } from '../domain/clock.ts';
import { readCpuTimes } from './cpu-times.ts';
import type { CpuTimes } from './cpu-times.ts';

/** The node itself, beside its GPUs. */
export interface HostReading {
  readonly cpuUtilizationRatio: number;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
}

export type HostEvent =
  | { readonly kind: 'reading'; readonly reading: HostReading; readonly tookMs: number }
  | { readonly kind: 'failure'; readonly reason: string; readonly tookMs: number };

/** Reads the host's CPU and memory in the background: the CPU's load is a difference between two readings. */
export class HostPoller {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #readTimes: () => CpuTimes;
  readonly #stopping = new AbortController();
  #before: CpuTimes | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, intervalMs: number, readTimes = readCpuTimes) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#readTimes = readTimes;
  }

  start(listener: (event: HostEvent) => void): void {
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** The first load spans a second, or the interval where that is shorter. */
  async #run(listener: (event: HostEvent) => void): Promise<void> {
    const { signal } = this.#stopping;
    this.#read();
    await pause(this.#clock, Math.min(1_000, this.#intervalMs), signal);
    while (!signal.aborted) {
      listener(this.#read());
      await pause(this.#clock, this.#intervalMs, signal);
    }
  }

  #read(): HostEvent {
    const beganMs = this.#clock.nowMs();
    const took = (): number => this.#clock.nowMs() - beganMs;
    try {
      const [before, now] = [this.#before, this.#readTimes()];
      this.#before = now;
      const reading = before && readHost(before, now);
      return reading
        ? { kind: 'reading', reading, tookMs: took() }
        : { kind: 'failure', reason: 'the host tells no CPU load or memory', tookMs: took() };
    } catch (error) {
      this.#before = undefined;
      return { kind: 'failure', reason: error instanceof Error ? error.message : String(error), tookMs: took() };
    }
  }
}

/** Undefined where the times do not grow, or what is free is more than there is. */
function readHost(before: CpuTimes, now: CpuTimes): HostReading | undefined {
  const [busy, total] = [now.busy - before.busy, now.total - before.total];
  const [freeBytes, totalBytes] = [freemem(), totalmem()];
  if (!(total > 0 && busy >= 0 && busy <= total && freeBytes >= 0 && freeBytes <= totalBytes)) return undefined;
  return {
    cpuUtilizationRatio: busy / total,
    memoryUsedBytes: totalBytes - freeBytes,
    memoryTotalBytes: totalBytes,
  };
}
