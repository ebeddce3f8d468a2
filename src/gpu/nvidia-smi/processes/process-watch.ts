import type { Clock, EpochMs } from '../../../domain/clock.ts';
import { maximumAgeMs } from '../../freshness.ts';
import { nothingRejected } from '../../rejections.ts';
import type { RejectedValue } from '../../rejections.ts';
import { Restarts } from '../../restarts.ts';
import type { SessionEnd } from '../../restarts.ts';
import { startTool } from '../../tool.ts';
import { explainExit } from '../explain-exit.ts';
import { PmonLoop } from './pmon-loop.ts';
import type { ProcessSample } from './pmon-loop.ts';
import type { PmonProcess } from './pmon.ts';

interface Settings {
  readonly path: string;
  readonly intervalMs: number;
  readonly clock: Clock;
}

/**
 * pmon waits whole seconds, ten at most. Each of its answers took 57 ms of CPU with one GPU (docs/real-gpu.md), and is spread over ten
 * seconds here, so it is asked twice in that time.
 */
function delayOf(intervalMs: number): number {
  return Math.min(10, Math.max(5, Math.round(intervalMs / 1_000)));
}

/**
 * Which processes are on which GPU, by one `nvidia-smi pmon` that runs beside the loop of the GPUs. It numbers GPUs as they
 * were when it began, so it is started anew whenever they change. Where it can't run there are no processes, and that is all.
 */
export class ProcessWatch {
  readonly #settings: Settings;
  readonly #delayMs: number;
  #following: { readonly key: string; readonly restarts: Restarts } | undefined;
  #last: ProcessSample | undefined;
  #rejected: RejectedValue[] = [];

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#delayMs = delayOf(settings.intervalMs) * 1_000;
  }

  /** Watches the GPUs that `key` stands for: their numbers and UUIDs. */
  follow(key: string): void {
    if (this.#following?.key === key) return;
    void this.stop();
    const restarts = new Restarts(this.#settings.clock, (signal) => this.#session(signal));
    this.#following = { key, restarts };
    restarts.start(() => {
      this.#last = undefined;
    });
  }

  /** The processes of a GPU by its number, where they are told and describe now. */
  processesOf(gpuIndex: number, nowMs: EpochMs): readonly PmonProcess[] | undefined {
    const isFresh = this.#last && nowMs - this.#last.observedAtMs <= maximumAgeMs(this.#delayMs);
    return isFresh ? this.#last?.byGpu.get(gpuIndex) : undefined;
  }

  /** What could not be believed since this was last asked. */
  takeRejected(): RejectedValue[] {
    const rejected = this.#rejected;
    this.#rejected = [];
    return rejected;
  }

  async stop(): Promise<void> {
    const following = this.#following;
    this.#following = undefined;
    this.#last = undefined;
    await following?.restarts.stop();
  }

  #take(sample: ProcessSample): void {
    this.#last = sample;
    this.#rejected.push(...sample.rejectedValues);
  }

  /** Runs one pmon to its end. */
  #session(signal: AbortSignal): Promise<SessionEnd> {
    const { path, clock } = this.#settings;
    return new Promise((resolve) => {
      const fail = (reason: string): void => {
        loop.close();
        run.kill();
        resolve({ reason, rejected: nothingRejected, gone: run.ended });
      };
      const patienceMs = Math.max(20_000, maximumAgeMs(this.#delayMs));
      const loop = new PmonLoop({ clock, patienceMs, onSilence: fail, onSample: (sample) => signal.aborted || this.#take(sample) }); // prettier-ignore
      let complaint = '';
      const run = startTool(path, ['pmon', '-s', 'um', '-d', String(this.#delayMs / 1_000)], {
        stdout: (chunk) => loop.push(chunk),
        stderr: (chunk) => {
          complaint = (complaint + chunk).slice(-2_000);
        },
      });
      void run.ended.then((exit) => fail(explainExit(exit, path, complaint || loop.lastWords)));
      signal.addEventListener('abort', () => fail('stopped'));
    });
  }
}
