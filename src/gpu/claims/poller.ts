import { pause } from '../../domain/clock.ts';
import type { Clock } from '../../domain/clock.ts';
import { errorText } from '../../domain/error-text.ts';
import type { ApiServerSettings } from './api-server.ts';
import type { ClaimUuids } from './resource-slices.ts';
import { ResourceSlicesClient } from './slices-client.ts';

/** What one question to the API server came to. */
export type ClaimEvent =
  | { readonly kind: 'uuids'; readonly uuids: ClaimUuids; readonly tookMs: number }
  | { readonly kind: 'failure'; readonly reason: string; readonly tookMs: number };

/** Slices change when a GPU is cut anew, or comes or goes. */
const intervalMs = 30_000;

interface Settings extends ApiServerSettings {
  readonly nodeName: string;
  readonly clock: Clock;
}

/** Asks the API server for the node's ResourceSlices now and then, and tells what each question came to. */
export class ClaimPoller {
  readonly #clock: Clock;
  readonly #client: ResourceSlicesClient;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor({ clock, nodeName, ...server }: Settings) {
    this.#clock = clock;
    this.#client = new ResourceSlicesClient(server, nodeName);
  }

  start(listener: (event: ClaimEvent) => void): void {
    this.#running = this.#run(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(listener: (event: ClaimEvent) => void): Promise<void> {
    const { signal } = this.#stopping;
    const isStopped = (): boolean => signal.aborted;
    while (!isStopped()) {
      const event = await this.#ask(signal);
      if (!isStopped()) listener(event);
      await pause(this.#clock, intervalMs, signal);
    }
  }

  async #ask(signal: AbortSignal): Promise<ClaimEvent> {
    const beganMs = this.#clock.nowMs();
    const took = (): number => this.#clock.nowMs() - beganMs;
    try {
      return { kind: 'uuids', uuids: await this.#client.list(signal), tookMs: took() };
    } catch (error) {
      return { kind: 'failure', reason: errorText(error), tookMs: took() };
    }
  }
}
