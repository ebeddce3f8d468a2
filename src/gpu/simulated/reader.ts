import { pause } from '../../domain/clock.ts';
import type { Clock } from '../../domain/clock.ts';
import type { GpuReader, ReaderEvent } from '../reader.ts';
import { nothingRejected } from '../rejections.ts';
import { simulateDevices } from './devices.ts';
import type { SimulatedNode } from './devices.ts';
import { LoadFile } from './load-file.ts';

interface Settings extends SimulatedNode {
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Where others say how busy the GPUs are; without one the load is made up. */
  readonly loadFile?: string;
}

/** Reads GPUs that do not exist, for machines that have none. */
export class SimulatedReader implements GpuReader {
  readonly backend = 'simulated';
  readonly #settings: Settings;
  readonly #loadFile: LoadFile | undefined;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#loadFile = settings.loadFile === undefined ? undefined : new LoadFile(settings.loadFile);
  }

  start(listener: (event: ReaderEvent) => void): void {
    listener({ kind: 'started', unknownFields: [] });
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(listener: (event: ReaderEvent) => void): Promise<void> {
    const { clock, intervalMs } = this.#settings;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const loads = await this.#loadFile?.read();
      const observedAtMs = clock.nowMs();
      const devices = simulateDevices(this.#settings, observedAtMs, loads);
      const sample = { observedAtMs, driverVersion: 'simulated', devices };
      listener({ kind: 'sample', sample, rejected: nothingRejected });
      await pause(clock, intervalMs, signal);
    }
  }
}
