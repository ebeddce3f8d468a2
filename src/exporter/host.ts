import { currentLoad, mem } from 'systeminformation';
import { pause } from '../domain/clock.ts';
import type { Clock } from '../domain/clock.ts';
import { errorText } from '../domain/error-text.ts';

/** The node itself, beside its GPUs. */
export interface HostReading {
  readonly cpuUtilizationRatio: number;
  readonly memoryUsedBytes: number;
  readonly memoryTotalBytes: number;
}

export type HostEvent =
  | { readonly kind: 'reading'; readonly reading: HostReading; readonly tookMs: number }
  | { readonly kind: 'failure'; readonly reason: string; readonly tookMs: number };

/** What is asked of systeminformation. */
interface HostFacts {
  currentLoad(): Promise<{ readonly currentLoad: number }>;
  mem(): Promise<{ readonly total: number; readonly available: number }>;
}

/**
 * Reads the host's CPU and memory in the background. Seldom, for systeminformation starts a shell and two small programs
 * to read the CPU on Linux, and the whole process waits some 20 ms for them.
 */
export class HostPoller {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #facts: HostFacts;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(clock: Clock, intervalMs: number, facts: HostFacts = { currentLoad, mem }) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#facts = facts;
  }

  start(listener: (event: HostEvent) => void): void {
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(listener: (event: HostEvent) => void): Promise<void> {
    const { signal } = this.#stopping;
    // The load is a difference between two readings; the first spans the time since the host was started.
    await this.#facts.currentLoad().catch(() => undefined);
    await pause(this.#clock, Math.min(1_000, this.#intervalMs), signal);
    while (!signal.aborted) {
      listener(await this.#read());
      await pause(this.#clock, this.#intervalMs, signal);
    }
  }

  async #read(): Promise<HostEvent> {
    const beganMs = this.#clock.nowMs();
    const took = (): number => this.#clock.nowMs() - beganMs;
    try {
      const [load, memory] = [await this.#facts.currentLoad(), await this.#facts.mem()];
      const reading = readHost(load.currentLoad, memory.total, memory.available);
      return reading
        ? { kind: 'reading', reading, tookMs: took() }
        : { kind: 'failure', reason: 'the host tells no CPU load or memory', tookMs: took() };
    } catch (error) {
      return { kind: 'failure', reason: errorText(error), tookMs: took() };
    }
  }
}

function readHost(loadPercent: number, totalBytes: number, availableBytes: number): HostReading | undefined {
  const isTrue = loadPercent >= 0 && loadPercent <= 100.5 && totalBytes > 0 && availableBytes >= 0 && availableBytes <= totalBytes; // prettier-ignore
  if (!isTrue) return undefined;
  return {
    cpuUtilizationRatio: Math.min(1, loadPercent / 100),
    memoryUsedBytes: totalBytes - availableBytes,
    memoryTotalBytes: totalBytes,
  };
}
