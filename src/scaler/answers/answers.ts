import type { Logger } from '../../telemetry/logger.ts';
import { refusalOf } from '../grpc/refusal.ts';
import type { Endpoint } from '../trigger/endpoint.ts';
import type { Endpoints } from '../trigger/endpoints.ts';
import { isAtZero } from '../trigger/snapshot.ts';
import type { Snapshot } from '../trigger/snapshot.ts';
import type { Answer, FromGrpc, ToGrpc } from './message.ts';

interface AnswersParts {
  readonly endpoints: Endpoints;
  readonly tell: (message: ToGrpc) => void;
  readonly logger: Logger;
}

/**
 * Keeps the thread that serves gRPC up to date: it hears what is decided for each trigger that it has asked for, from the
 * moment at which it asked.
 */
export class Answers {
  readonly #parts: AnswersParts;
  readonly #numbers = new Map<Endpoint, number>();
  readonly #endpoints = new Map<number, Endpoint>();
  #next = 0;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** What the thread wants to know. */
  question({ question, ref, metadata }: Extract<FromGrpc, { say: 'question' }>): void {
    try {
      const endpoint = this.#parts.endpoints.find(ref, metadata);
      const trigger = this.#numbers.get(endpoint) ?? this.#follow(endpoint);
      this.#parts.tell({ say: 'known', question, trigger, answer: answerOf(endpoint.snapshot()) });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.failure === 'INTERNAL') this.#parts.logger.error({ err: error }, 'rpc failed');
      this.#parts.tell({ say: 'refused', question, refusal });
    }
  }

  asked(trigger: number): void {
    const endpoint = this.#endpoints.get(trigger);
    if (endpoint) this.#parts.endpoints.asked(endpoint);
  }

  held(trigger: number, isHeld: boolean): void {
    const endpoint = this.#endpoints.get(trigger);
    if (endpoint) this.#parts.endpoints.hold(endpoint, isHeld);
  }

  #follow(endpoint: Endpoint): number {
    const trigger = this.#next++;
    this.#numbers.set(endpoint, trigger);
    this.#endpoints.set(trigger, endpoint);
    endpoint.subscribe(() => this.#pass(endpoint, trigger));
    return trigger;
  }

  #pass(endpoint: Endpoint, trigger: number): void {
    if (!endpoint.isClosed) {
      this.#parts.tell({ say: 'answer', trigger, answer: answerOf(endpoint.snapshot()) });
      return;
    }
    this.#numbers.delete(endpoint);
    this.#endpoints.delete(trigger);
    this.#parts.tell({ say: 'dropped', trigger });
  }
}

function answerOf(snapshot: Snapshot | undefined): Answer | undefined {
  if (!snapshot) return undefined;
  const { verdict } = snapshot;
  const { decidedAtMs } = verdict;
  if (verdict.state === 'undecided') return { state: 'undecided', reason: verdict.reason, decidedAtMs };
  const { emitted: replicas, active } = verdict;
  return { state: 'decided', replicas, active, isAtZero: isAtZero(snapshot), decidedAtMs };
}
