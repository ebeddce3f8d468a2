import type { EpochMs } from '../../domain/clock.ts';
import type { Policy } from '../../domain/policy.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { EventRecorder } from '../../kubernetes/event-recorder.ts';
import type { Snapshot } from '../trigger/snapshot.ts';
import { describeDecision } from './event-text.ts';

/** A trigger is announced no more often than this; what has passed by then is not announced at all. */
const everyMs = 60_000;

/**
 * Announces in events on the ScaledObject what decides, when that changes, and an override that can't be understood. The
 * first decision of a trigger is no news, or a restart of the scaler would announce all of them.
 */
export class Announcer {
  readonly #ref: ScaledObjectRef;
  readonly #policy: Policy;
  readonly #events: EventRecorder;
  #said: string | undefined;
  #saidAtMs: EpochMs | undefined;
  #problem: string | undefined;

  constructor(ref: ScaledObjectRef, policy: Policy, events: EventRecorder) {
    this.#ref = ref;
    this.#policy = policy;
    this.#events = events;
  }

  /** Looks at each decision. */
  note(snapshot: Snapshot): void {
    const event = describeDecision(this.#policy, snapshot);
    const nowMs = snapshot.verdict.decidedAtMs;
    this.#noteOverride(snapshot);
    this.#saidAtMs ??= nowMs;
    const isFirst = this.#said === undefined && snapshot.verdict.state === 'decided';
    if (isFirst) this.#said = event.reason;
    if (event.reason === this.#said || Math.abs(nowMs - this.#saidAtMs) < everyMs) return;
    this.#said = event.reason;
    this.#saidAtMs = nowMs;
    this.#events.record(this.#ref, event);
  }

  #noteOverride({ workload }: Snapshot): void {
    const override = workload.state === 'known' ? workload.workload.override : undefined;
    const problem = override?.state === 'invalid' ? `override "${override.text}" is ignored: ${override.problem}` : undefined; // prettier-ignore
    if (problem === this.#problem) return;
    this.#problem = problem;
    if (problem !== undefined) this.#events.record(this.#ref, { type: 'Warning', reason: 'InvalidOverride', message: problem }); // prettier-ignore
  }
}
