import type { Ref } from '../external-scaler-client.ts';
import { pause } from '../program.ts';
import type { ClusterScene, ScalerOfScene } from './cluster-scene.ts';
import { callAsKeda } from './keda-calls.ts';
import { activeScaledObjects, podsEach, refOf } from './scene.ts';
import type { PushStreams } from './streams-client.ts';

/** What happens in one round; fifty make ten minutes: every pod replaced once, 200 ScaledObjects gone and as many new. */
const podsPerRound = 200;
const scaledObjectsPerRound = 4;
const streamsPerRound = 40;
export const roundsInTenMinutes = 50;

/** A cluster in motion, with KEDA calling at its own rate meanwhile. */
export class Churn {
  readonly #scene: ClusterScene;
  readonly #scaler: ScalerOfScene;
  readonly #streams: PushStreams;
  readonly #refs: Ref[];
  #round = 0;
  #oldest = 0;

  constructor(scene: ClusterScene, scaler: ScalerOfScene, streams: PushStreams) {
    this.#scene = scene;
    this.#scaler = scaler;
    this.#streams = streams;
    this.#refs = [...scene.refs];
  }

  /** @param roundMs how long each round takes; twelve seconds are the speed of life */
  async run(rounds: number, roundMs: number): Promise<void> {
    for (const until = this.#round + rounds; this.#round < until; this.#round += 1) {
      const calls = callAsKeda(this.#scaler.grpcPort, this.#refs, 1, roundMs - 300);
      await this.#replacePods();
      await this.#replaceScaledObjects();
      this.#reopenStreams();
      await calls;
      await pause(50);
    }
  }

  async #replacePods(): Promise<void> {
    const first = this.#oldest + ((this.#round * podsPerRound) % activeScaledObjects);
    const newest = this.#oldest + activeScaledObjects;
    const workloads = Array.from({ length: podsPerRound }, (_, i) => first + i).filter((index) => index < newest);
    const slot = Math.floor((this.#round * podsPerRound) / activeScaledObjects) % podsEach;
    await this.#scene.order({ do: 'replace pods', workloads, slot });
  }

  async #replaceScaledObjects(): Promise<void> {
    const [from, to] = [this.#oldest, this.#oldest + scaledObjectsPerRound];
    await this.#scene.order({ do: 'remove', from, to });
    const shift = activeScaledObjects;
    await this.#scene.order({ do: 'add', from: from + shift, to: to + shift, replicas: podsEach });
    for (const gone of this.#refs.splice(0, scaledObjectsPerRound)) this.#streams.drop(gone);
    for (let index = from + shift; index < to + shift; index += 1) this.#join(refOf(index, this.#scene.enginePort));
    this.#oldest = to;
  }

  #join(ref: Ref): void {
    this.#refs.push(ref);
    this.#streams.open(ref);
  }

  #reopenStreams(): void {
    const first = (this.#round * streamsPerRound) % (this.#refs.length - streamsPerRound);
    for (const ref of this.#refs.slice(first, first + streamsPerRound)) this.#streams.open(ref);
  }
}
