import type { ScaledObjectRef, WorkloadReading } from '../domain/workload.ts';

/** Tells what a ScaledObject scales. Answers from memory; whoever implements it keeps that memory up to date. */
export interface WorkloadSource {
  /**
   * Begins to keep this ScaledObject's workload, until `forget`. Safe to call again.
   * @param podSelector label selector that replaces the workload's own, where the policy names one
   */
  watch(ref: ScaledObjectRef, podSelector?: string): void;
  forget(ref: ScaledObjectRef): void;
  /** The workload as last seen; `unknown` with a reason where it was never seen, is gone, or is too old to act on. */
  lookup(ref: ScaledObjectRef): WorkloadReading;
  /** Calls back with the ScaledObject whose workload changed. Returns a function that ends it. */
  onChange(listener: (ref: ScaledObjectRef) => void): () => void;
  close(): Promise<void>;
}
