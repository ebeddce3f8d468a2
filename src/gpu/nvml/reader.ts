import type { GpuDevice, LostGpu, XidErrors } from '../../domain/gpu.ts';
import { KnownGpus } from '../known-gpus.ts';
import { ProcessShares } from '../process-shares.ts';
import type { GpuReader, ReaderEvent } from '../reader.ts';
import { Restarts } from '../restarts.ts';
import type { SessionEnd } from '../restarts.ts';
import { explainEnd, startChild } from './child-process.ts';
import { Session } from './session.ts';
import type { SessionSettings } from './session.ts';

type Listener = (event: ReaderEvent) => void;

/**
 * Reads GPUs through NVIDIA's management library (NVML), in a process of its own. When a call hangs, the library crashes or
 * the driver is exchanged under it, that process is ended and another started after a backoff, with the library that is there
 * then.
 */
export class NvmlReader implements GpuReader {
  readonly backend = 'nvml';
  readonly #settings: SessionSettings;
  readonly #restarts: Restarts;
  /** Critical errors by GPU and number; kept over restarts, for they count up. */
  readonly #xids = new Map<string, XidErrors>();
  readonly #shares = new ProcessShares();
  readonly #known = new KnownGpus();
  #listener: Listener = () => undefined;

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.#restarts = new Restarts(settings.clock, (signal) => this.#read(signal));
  }

  start(listener: Listener): void {
    this.#listener = listener;
    this.#restarts.start(({ reason, rejected, accessDenied = false }) => {
      listener({ kind: 'failure', reason, rejected, accessDenied });
    });
  }

  /** Kills the process and waits until the reader is at rest. */
  async stop(): Promise<void> {
    await this.#restarts.stop();
  }

  /** Has one process read, to its end. */
  #read(signal: AbortSignal): Promise<SessionEnd> {
    return new Promise((resolve) => {
      const fail = (reason: string, accessDenied = false): void => {
        session.close();
        child.kill();
        resolve({ reason, rejected: session.takeRejections(), accessDenied, gone: child.ended });
      };
      const session = new Session(this.#settings, {
        onStarted: (unknownFields) => this.#listener({ kind: 'started', unknownFields }),
        onSample: (read, rejected, lostCount) => {
          const sample = this.#known.withLost(read, lostCount);
          const counted = sample.devices.map((device) => this.#withXids(device));
          const devices = this.#shares.smooth(counted, sample.observedAtMs);
          const lost = sample.lost?.map((gpu) => this.#withXids(gpu));
          this.#listener({ kind: 'sample', sample: { ...sample, devices, ...(lost && { lost }) }, rejected });
        },
        onXid: (uuid, xid) => this.#countXid(uuid, xid),
        ask: (nowMs) => child.askAt(nowMs),
        fail,
      });
      const child = startChild(this.#settings.nvmlPath, {
        onMessage: (message) => session.take(message),
        onNoise: () => session.rejectLine(),
      });
      void child.ended.then((exit) => fail(explainEnd(exit, child.complaint)));
      signal.addEventListener('abort', () => fail('stopped'));
    });
  }

  #countXid(uuid: string, xid: number): void {
    const counts = new Map(this.#xids.get(uuid)?.counts);
    this.#xids.set(uuid, { counts: counts.set(xid, (counts.get(xid) ?? 0) + 1), last: xid });
  }

  #withXids<T extends GpuDevice | LostGpu>(device: T): T {
    const xidErrors = this.#xids.get(device.uuid);
    return xidErrors ? { ...device, xidErrors } : device;
  }
}
