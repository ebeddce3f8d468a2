import type { ScaledObjectRef, Workload, WorkloadReading } from '../../src/domain/workload.ts';
import { refKey } from '../../src/domain/workload.ts';
import type { WorkloadSource } from '../../src/kubernetes/workload-source.ts';
import { workload } from './builders.ts';

/** A workload source whose workloads a test sets by hand. */
export class FakeWorkloads implements WorkloadSource {
  /** What is watched now, with its pod selector. */
  readonly watched = new Map<string, string | undefined>();
  readonly #readings = new Map<string, WorkloadReading>();
  readonly #listeners = new Set<(ref: ScaledObjectRef) => void>();

  /** Sets one workload, and tells whoever listens. */
  set(ref: ScaledObjectRef, overrides: Partial<Workload>): void {
    this.#change(ref, { state: 'known', workload: workload({ ref, ...overrides }), observedAtMs: 0 });
  }

  lose(ref: ScaledObjectRef, reason: string): void {
    this.#change(ref, { state: 'unknown', reason });
  }

  watch(ref: ScaledObjectRef, podSelector?: string): void {
    this.watched.set(refKey(ref), podSelector);
  }

  forget(ref: ScaledObjectRef): void {
    this.watched.delete(refKey(ref));
  }

  lookup(ref: ScaledObjectRef): WorkloadReading {
    return this.#readings.get(refKey(ref)) ?? { state: 'unknown', reason: `${refKey(ref)} was never seen` };
  }

  onChange(listener: (ref: ScaledObjectRef) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #change(ref: ScaledObjectRef, reading: WorkloadReading): void {
    this.#readings.set(refKey(ref), reading);
    for (const tell of this.#listeners) tell(ref);
  }
}
