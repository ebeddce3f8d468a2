import type { EpochMs } from '../domain/clock.ts';
import type { PodPhase } from '../domain/workload.ts';
import type { Server } from './requests.ts';

/** One GPU of one node. */
export interface GpuSlot {
  readonly node: string;
  readonly index: number;
  readonly uuid: string;
}

/** A pod of the model: one GPU, and the requests that it serves. */
export interface ModelPod extends Server {
  readonly name: string;
  readonly createdAtMs: EpochMs;
  phase: PodPhase;
  gpu: GpuSlot | undefined;
}

/**
 * A Deployment on nodes with GPUs: a pod takes a free GPU, loads its model for `startupMs`, serves, and when scaled in
 * ends once its requests are done. A pod that finds no free GPU stays pending.
 */
export class DeploymentModel {
  readonly #name: string;
  readonly #gpus: readonly GpuSlot[];
  readonly #startupMs: number;
  #created = 0;
  readonly #pods: ModelPod[] = [];
  replicas = 0;

  constructor(settings: { name: string; gpus: readonly GpuSlot[]; startupMs: number }) {
    this.#name = settings.name;
    this.#gpus = settings.gpus;
    this.#startupMs = settings.startupMs;
  }

  get pods(): readonly ModelPod[] {
    return this.#pods;
  }

  count(phase: PodPhase): number {
    return this.#pods.filter((pod) => pod.phase === phase).length;
  }

  /** Asks for a number of replicas; pods follow: the ones that are not serving yet go first, then the idlest. */
  scaleTo(replicas: number, nowMs: EpochMs): void {
    this.replicas = replicas;
    const kept = this.#pods.filter((pod) => pod.phase !== 'terminating');
    for (let missing = replicas - kept.length; missing > 0; missing -= 1) this.#create(nowMs);
    const surplus = kept.toSorted(idlestFirst).slice(0, Math.max(0, kept.length - replicas));
    for (const pod of surplus) pod.phase = 'terminating';
  }

  /** Moves each pod on to the phase it has reached by now. */
  advance(nowMs: EpochMs): void {
    const left = this.#pods.filter((pod) => pod.phase !== 'terminating' || pod.finishesMs.length > 0);
    this.#pods.splice(0, Infinity, ...left);
    for (const pod of this.#pods) this.#moveOn(pod, nowMs);
  }

  #create(nowMs: EpochMs): void {
    this.#created += 1;
    const pod: ModelPod = {
      name: `${this.#name}-${this.#created.toString(36).padStart(4, '0')}`,
      createdAtMs: nowMs,
      phase: 'pending',
      gpu: undefined,
      finishesMs: [],
      get accepting() {
        return this.phase === 'ready';
      },
    };
    this.#pods.push(pod);
  }

  #moveOn(pod: ModelPod, nowMs: EpochMs): void {
    if (pod.phase === 'pending') {
      pod.gpu = this.#gpus.find((slot) => !this.#pods.some(({ gpu }) => gpu === slot));
      if (pod.gpu) pod.phase = 'loading';
    } else if (pod.phase === 'loading' && nowMs >= pod.createdAtMs + this.#startupMs) {
      pod.phase = 'ready';
    }
  }
}

function idlestFirst(a: ModelPod, b: ModelPod): number {
  return Number(a.accepting) - Number(b.accepting) || a.finishesMs.length - b.finishesMs.length;
}
