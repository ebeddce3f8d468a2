import type { Cancel, Clock, EpochMs } from '../../domain/clock.ts';
import { formatDuration } from '../../domain/duration.ts';
import type { ScaledObjectRef } from '../../domain/workload.ts';
import type { FromGrpc, ToGrpc } from '../answers/message.ts';
import { TriggerIndex } from '../trigger/trigger-index.ts';
import type { TriggerMetadata } from '../trigger/trigger-index.ts';
import { RpcError, unavailable } from './rpc-error.ts';
import { Trigger } from './trigger.ts';
import { WarmUp } from './warm-up.ts';

/** No RPC waits longer than this, and only those that are the first for their trigger wait at all. */
const warmUpMs = 1_000;
/** Nobody waits longer than this to hear whether a trigger is known: KEDA sets its calls no time limit. */
const questionLimitMs = 10_000;
/** How often it is told that a trigger is still asked for: much more often than such that are not are looked for. */
const tellEveryMs = 60_000;

interface TriggersParts {
  readonly tell: (message: FromGrpc) => void;
  /** The clock of decisions. */
  readonly clock: Clock;
  /** The clock of callers. */
  readonly transportClock: Clock;
  readonly staleAfterMs: number;
}

interface Known {
  readonly ref: ScaledObjectRef;
  readonly metadata: TriggerMetadata;
  readonly trigger: Trigger;
  number: number;
  toldAtMs: EpochMs;
}

interface Question {
  readonly ref: ScaledObjectRef;
  readonly metadata: TriggerMetadata;
  /** Known once, and asked for again. */
  readonly before?: Known | undefined;
  readonly resolve: (trigger: Trigger) => void;
  readonly reject: (error: RpcError) => void;
  readonly cancel: Cancel;
}

/** All triggers that KEDA has asked for. Whoever asks for another waits until the thread that decides knows it. */
export class Triggers {
  readonly #parts: TriggersParts;
  readonly #index = new TriggerIndex<Known>();
  readonly #byNumber = new Map<number, Known>();
  readonly #questions = new Map<number, Question>();
  #asked = 0;

  constructor(parts: TriggersParts) {
    this.#parts = parts;
  }

  /** Rejects with RpcError where metadata, the ScaledObject's name or their number is refused, or nobody answers. */
  find(ref: ScaledObjectRef, metadata: TriggerMetadata): Trigger | Promise<Trigger> {
    const known = this.#index.find(ref, metadata);
    if (!known) return this.#ask(ref, metadata);
    const nowMs = this.#parts.clock.nowMs();
    if (Math.abs(nowMs - known.toldAtMs) >= tellEveryMs) {
      known.toldAtMs = nowMs;
      this.#parts.tell({ say: 'asked', trigger: known.number });
    }
    return known.trigger;
  }

  known({ question, trigger: number, answer }: Extract<ToGrpc, { say: 'known' }>): void {
    const asked = this.#take(question);
    if (!asked) return;
    const known = this.#byNumber.get(number) ?? this.#number(number, asked);
    known.trigger.hear(answer);
    asked.resolve(known.trigger);
  }

  refused({ question, refusal: { failure, details } }: Extract<ToGrpc, { say: 'refused' }>): void {
    this.#take(question)?.reject(new RpcError(failure, details));
  }

  answer({ trigger, answer }: Extract<ToGrpc, { say: 'answer' }>): void {
    this.#byNumber.get(trigger)?.trigger.hear(answer);
  }

  dropped({ trigger: number }: Extract<ToGrpc, { say: 'dropped' }>): void {
    const known = this.#byNumber.get(number);
    if (!known) return;
    this.#byNumber.delete(number);
    // A stream that was opened just when it was dropped wants it back.
    if (known.trigger.isHeld)
      this.#ask(known.ref, known.metadata, known).catch(() => this.#index.remove(known.ref, known));
    else this.#index.remove(known.ref, known);
  }

  #ask({ namespace, name }: ScaledObjectRef, metadata: TriggerMetadata, before?: Known): Promise<Trigger> {
    const question = this.#asked++;
    const ref = { namespace, name };
    const { promise, resolve, reject } = Promise.withResolvers<Trigger>();
    const giveUp = (): void => this.#take(question)?.reject(unavailable(`not answered within ${formatDuration(questionLimitMs)}: what decides is busy or stuck`)); // prettier-ignore
    const cancel = this.#parts.transportClock.after(questionLimitMs, giveUp);
    this.#questions.set(question, { ref, metadata, before, resolve, reject, cancel });
    this.#parts.tell({ say: 'question', question, ref, metadata });
    return promise;
  }

  #take(question: number): Question | undefined {
    const asked = this.#questions.get(question);
    this.#questions.delete(question);
    asked?.cancel();
    return asked;
  }

  #number(number: number, asked: Question): Known {
    return asked.before ? this.#renumber(number, asked.before) : this.#add(number, asked);
  }

  #renumber(number: number, known: Known): Known {
    known.number = number;
    this.#byNumber.set(number, known);
    this.#parts.tell({ say: 'held', trigger: number, isHeld: known.trigger.isHeld });
    return known;
  }

  #add(number: number, { ref, metadata }: Question): Known {
    const { clock, transportClock, staleAfterMs, tell } = this.#parts;
    const trigger = new Trigger({
      ref,
      clock,
      staleAfterMs,
      warmUp: new WarmUp(transportClock, warmUpMs),
      onHeld: (isHeld) => tell({ say: 'held', trigger: known.number, isHeld }),
    });
    const known: Known = { ref, metadata, trigger, number, toldAtMs: clock.nowMs() };
    this.#byNumber.set(number, known);
    this.#index.add(ref, metadata, known);
    return known;
  }
}
