import type { Clock } from '../../domain/clock.ts';
import type { Policy } from '../../domain/policy.ts';
import { readyPods } from '../../domain/workload.ts';
import type { WorkloadReading } from '../../domain/workload.ts';
import { Turnstile } from './turnstile.ts';

/** Looks a second at triggers that cost no read of a pod: deciding and asking a queue is all there is to them. */
const looksPerSecond = 2_000;

/**
 * Spreads the reads of all triggers over time: those of engine pods, which cost by far the most, at no more than a stated
 * rate, and all others beside them, so that a workload at zero is woken in time however many pods the others have. With
 * more pods than the rate allows for, each is read less often than once per read interval, all of them equally.
 */
export class ReadTurns {
  readonly #pods: Turnstile;
  readonly #others: Turnstile;

  constructor(clock: Clock, podReadsPerSecond: number) {
    this.#pods = new Turnstile(clock, podReadsPerSecond);
    this.#others = new Turnstile(clock, looksPerSecond);
  }

  /** How much later than planned reads begin now. */
  get lagMs(): number {
    return Math.max(this.#pods.waitMs, this.#others.waitMs);
  }

  /** Takes the next turn for one trigger; answers how long to wait for it. */
  take(policy: Policy, reading: WorkloadReading): number {
    const pods = reading.state === 'known' && readsPods(policy) ? readyPods(reading.workload).length : 0;
    return pods > 0 ? this.#pods.take(pods) : this.#others.take(1);
  }
}

function readsPods({ signals }: Policy): boolean {
  return signals.some(({ origin }) => origin.kind === 'engine');
}
