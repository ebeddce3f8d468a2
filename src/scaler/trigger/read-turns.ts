import type { Cancel, Clock } from '../../domain/clock.ts';
import type { Policy } from '../../domain/policy.ts';
import { readyPods } from '../../domain/workload.ts';
import type { WorkloadReading } from '../../domain/workload.ts';
import { Turnstile } from './turnstile.ts';

/** Pods that are read at the same time: enough that slow ones do not hold up the others, few enough to be read in time. */
const mostPodsAtOnce = 256;
/** Looks a second at triggers that cost no read of a pod: deciding and asking a queue is all there is to them. */
const looksPerSecond = 2_000;
const mostLooksAtOnce = 2_000;

/**
 * Spreads the reads of all triggers over time: those of engine pods, which cost by far the most, at no more than a stated
 * rate, and all others beside them, so that a workload at zero is woken in time however many pods the others have. With
 * more pods than the rate allows for, each is read less often than once per read interval, all of them equally.
 */
export class ReadTurns {
  readonly #pods: Turnstile;
  readonly #others: Turnstile;

  constructor(clock: Clock, podReadsPerSecond: number) {
    this.#pods = new Turnstile({ clock, perSecond: podReadsPerSecond, mostInside: mostPodsAtOnce });
    this.#others = new Turnstile({ clock, perSecond: looksPerSecond, mostInside: mostLooksAtOnce });
  }

  /** How much later than planned reads begin now. */
  get lagMs(): number {
    return Math.max(this.#pods.waitMs, this.#others.waitMs);
  }

  /** Calls `go` when it is this trigger's turn; `leave` is to be called when it has read. */
  ask(policy: Policy, reading: WorkloadReading, go: (leave: () => void) => void): Cancel {
    const pods = reading.state === 'known' && readsPods(policy) ? readyPods(reading.workload).length : 0;
    return pods > 0 ? this.#pods.ask(pods, go) : this.#others.ask(1, go);
  }
}

function readsPods({ signals }: Policy): boolean {
  return signals.some(({ origin }) => origin.kind === 'engine');
}
