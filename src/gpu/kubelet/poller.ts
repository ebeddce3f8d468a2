import { pause } from '../../domain/clock.ts';
import type { Clock, EpochMs } from '../../domain/clock.ts';
import { errorText } from '../../domain/error-text.ts';
import type { Allocation } from '../../domain/gpu.ts';
import { untilNextTurn } from '../turns.ts';
import { PodResourcesClient } from './client.ts';

/** What one question to the kubelet came to. */
export type AllocationEvent =
  | { readonly kind: 'allocations'; readonly allocations: readonly Allocation[]; readonly observedAtMs: EpochMs; readonly tookMs: number } // prettier-ignore
  | { readonly kind: 'failure'; readonly reason: string; readonly tookMs: number };

interface Settings {
  readonly socketPath: string;
  readonly intervalMs: number;
  readonly clock: Clock;
}

/** Asks the kubelet again and again, one question at a time, and tells what each came to. Never throws at the listener. */
export class AllocationPoller {
  readonly #settings: Settings;
  readonly #client: PodResourcesClient;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#client = new PodResourcesClient(settings.socketPath);
  }

  start(listener: (event: AllocationEvent) => void): void {
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#client.close();
    await this.#running;
  }

  async #run(listener: (event: AllocationEvent) => void): Promise<void> {
    const { clock, intervalMs } = this.#settings;
    const { signal } = this.#stopping;
    const isStopped = (): boolean => signal.aborted;
    while (!isStopped()) {
      const beganMs = clock.nowMs();
      const event = await this.#ask(beganMs);
      if (!isStopped()) listener(event);
      await pause(clock, untilNextTurn(clock, intervalMs), signal);
    }
  }

  /** The answer counts as of the moment of asking: what changed while the kubelet thought may not be in it. */
  async #ask(beganMs: EpochMs): Promise<AllocationEvent> {
    try {
      const allocations = await this.#client.list();
      return {
        kind: 'allocations',
        allocations,
        observedAtMs: beganMs,
        tookMs: this.#settings.clock.nowMs() - beganMs,
      };
    } catch (error) {
      return { kind: 'failure', reason: errorText(error), tookMs: this.#settings.clock.nowMs() - beganMs };
    }
  }
}
