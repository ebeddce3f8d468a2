import type { Clock } from '../../domain/clock.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { Answer } from '../answers/message.ts';
import { overdueReason } from '../trigger/overdue.ts';
import type { WarmUp } from './warm-up.ts';

interface TriggerParts {
  readonly ref: ScaledObjectRef;
  /** The clock of decisions. */
  readonly clock: Clock;
  /** An answer older than this is none: whatever should have renewed it is stuck. */
  readonly staleAfterMs: number;
  readonly warmUp: WarmUp;
  /** Told when the first stream begins to listen, and when the last one has left. */
  readonly onHeld: (isHeld: boolean) => void;
}

/** One trigger, as those who answer KEDA know it: what was decided last. */
export class Trigger {
  readonly #parts: TriggerParts;
  readonly #listeners = new Set<() => void>();
  #last: Answer | undefined;

  constructor(parts: TriggerParts) {
    this.#parts = parts;
  }

  get ref(): ScaledObjectRef {
    return this.#parts.ref;
  }

  /** Over with the first decision, or with its time. */
  get warmUp(): WarmUp {
    return this.#parts.warmUp;
  }

  get isHeld(): boolean {
    return this.#listeners.size > 0;
  }

  /** The last decision; undefined before the first, undecided when it is too old to act on. */
  answer(): Answer | undefined {
    const last = this.#last;
    const overdue = last && overdueReason(last.decidedAtMs, this.#parts.clock.nowMs(), this.#parts.staleAfterMs);
    return last && overdue ? { state: 'undecided', reason: overdue, decidedAtMs: last.decidedAtMs } : last;
  }

  /** To be called with each new decision. */
  hear(answer: Answer | undefined): void {
    this.#last = answer;
    if (answer?.state === 'decided') this.warmUp.end();
    for (const listener of this.#listeners) listener();
  }

  /** Calls back after each decision. Returns a function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#parts.onHeld(true);
    return () => {
      if (this.#listeners.delete(listener) && !this.isHeld) this.#parts.onHeld(false);
    };
  }
}
