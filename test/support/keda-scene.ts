import { expect, onTestFinished, vi } from 'vitest';
import { startKeda } from '../../src/simulator/keda.ts';
import type { KedaEvent, KedaOptions } from '../../src/simulator/keda.ts';
import type { ScaledObject } from '../../src/simulator/scaled-object.ts';
import { HandClock } from './hand-clock.ts';
import { ScalerStandIn } from './scaler-stand-in.ts';
import type { Method } from './scaler-stand-in.ts';

const scaledObject: ScaledObject = {
  namespace: 'inference',
  name: 'llama',
  triggerType: 'external',
  metadata: { scalerAddress: 'scaler:6000', queueTarget: '5' },
};

interface SceneSettings {
  readonly scaledObject?: Partial<ScaledObject>;
  /** At the start; 1, where absent. */
  readonly replicas?: number;
  readonly streamsMetricSpec?: boolean;
  /** Sets the scaler up before KEDA calls it. */
  readonly before?: (scaler: ScalerStandIn) => void;
}

/** KEDA with one ScaledObject, a scaler that answers as it is told, and a clock that a test drives. */
export class KedaScene {
  readonly scaler = new ScalerStandIn();
  readonly clock = new HandClock();
  readonly events: KedaEvent[] = [];
  replicas: number;
  #keda: ReturnType<typeof startKeda> | undefined;
  #awaited = 0;

  private constructor(replicas: number) {
    this.replicas = replicas;
  }

  static async start(settings: SceneSettings = {}): Promise<KedaScene> {
    const scene = new KedaScene(settings.replicas ?? 1);
    await scene.scaler.start();
    settings.before?.(scene.scaler);
    const options: KedaOptions = {
      address: scene.scaler.address,
      clock: scene.clock,
      scaledObjects: [{ ...scaledObject, ...settings.scaledObject }],
      readReplicas: () => scene.replicas,
      applyReplicas: (_ref, replicas) => (scene.replicas = replicas),
      onEvent: (event) => scene.events.push(event),
      streamsMetricSpec: settings.streamsMetricSpec ?? false,
    };
    scene.#keda = startKeda(options);
    onTestFinished(async () => {
      await scene.stop();
      scene.scaler.stop();
    });
    return scene;
  }

  async stop(): Promise<void> {
    await this.#keda?.stop();
  }

  /** Waits until these calls have been made and answered since the last wait, in this order, and no others. */
  async hears(...methods: Method[]): Promise<void> {
    await vi.waitFor(() => expect(this.#ended().slice(this.#awaited)).toHaveLength(methods.length), { interval: 1 });
    expect(this.#ended().slice(this.#awaited)).toEqual(methods);
    this.#awaited += methods.length;
    // What follows from the last answer happens before the clock moves on.
    await this.clock.advance(0);
  }

  /** Waits until this many streams of a kind have been opened in all. */
  async opens(method: Method, times: number): Promise<void> {
    const opened = (): number => this.scaler.calls.filter((called) => called === method).length;
    await vi.waitFor(() => expect(opened()).toBe(times), { interval: 1 });
  }

  /** Changes of replicas so far: `0 → 1 by keda: trigger is active (polled)`. */
  get scalings(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'scaled' ? [`${event.from} → ${event.to} by ${event.by}: ${event.why}`] : [],
    );
  }

  get errors(): string[] {
    return this.events.flatMap((event) => (event.kind === 'called' && event.error ? [event.error] : []));
  }

  #ended(): Method[] {
    return this.events.flatMap((event) => (event.kind === 'called' ? [event.method] : []));
  }
}
