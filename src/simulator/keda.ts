import type { Clock } from '../domain/clock.ts';
import type { ScaledObjectRef } from '../domain/workload.ts';
import { ScaledObjectLoops } from './scaled-object-loops.ts';
import type { Scaled, Surroundings } from './scaled-object-loops.ts';
import type { ScaledObject } from './scaled-object.ts';
import { ScalerClient } from './scaler-client.ts';
import type { ScalerMethod } from './scaler-client.ts';

/** A change of replicas, or a call of the scaler that has ended; `error` says why where it failed. */
export type KedaEvent =
  | ({ readonly kind: 'scaled' } & Scaled)
  | {
      readonly kind: 'called';
      readonly ref: ScaledObjectRef;
      readonly method: ScalerMethod;
      readonly error?: string;
    };

export interface KedaOptions {
  /** Of the scaler, as in `scalerAddress`: `host:port`. */
  readonly address: string;
  readonly clock: Clock;
  readonly scaledObjects: readonly ScaledObject[];
  /** `spec.replicas` of what a ScaledObject scales. */
  readonly readReplicas: (ref: ScaledObjectRef) => number;
  readonly applyReplicas: (ref: ScaledObjectRef, replicas: number) => void;
  readonly onEvent?: (event: KedaEvent) => void;
  /** Whether StreamMetricSpec is opened too, as KEDA 2.21 does; not, where absent. */
  readonly streamsMetricSpec?: boolean;
}

/** Stands in for KEDA's operator together with the HPA controller: real calls to a real scaler, in their order and at their pace. */
export function startKeda(options: KedaOptions): { stop(): Promise<void> } {
  const { clock, readReplicas, applyReplicas, onEvent = ignore, streamsMetricSpec = false } = options;
  const stopping = new AbortController();
  const client = new ScalerClient(options.address, ({ namespace, name }, method, error) => {
    // What stop() cancels is no news.
    if (stopping.signal.aborted) return;
    onEvent({ kind: 'called', ref: { namespace, name }, method, ...(error && { error: error.message }) });
  });
  const around: Surroundings = {
    client,
    clock,
    signal: stopping.signal,
    readReplicas,
    applyReplicas,
    onScaled: (scaled) => onEvent({ kind: 'scaled', ...scaled }),
    streamsMetricSpec,
  };
  const loops = options.scaledObjects.map((scaledObject) => new ScaledObjectLoops(scaledObject, around).run());
  return {
    async stop(): Promise<void> {
      stopping.abort();
      client.close();
      await Promise.all(loops);
    },
  };
}

function ignore(): void {
  // Nobody listens.
}
