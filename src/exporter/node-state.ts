import { isDeepStrictEqual } from 'node:util';
import type { EpochMs } from '../domain/clock.ts';
import type { Allocation, GpuSample } from '../domain/gpu.ts';
import { attribute } from '../gpu/attribution.ts';
import type { ClaimEvent } from '../gpu/claims/poller.ts';
import type { ClaimUuids } from '../gpu/claims/resource-slices.ts';
import { maximumAgeMs } from '../gpu/freshness.ts';
import type { AllocationEvent } from '../gpu/kubelet/poller.ts';
import type { Attribution } from '../gpu/pod-reading.ts';
import { needsProcesses } from '../gpu/process-need.ts';
import type { OwnerLookup } from '../gpu/processes/owner.ts';
import type { ReaderEvent } from '../gpu/reader.ts';

/** What is known of the node now. What is not known is absent, never old. */
export interface NodeView {
  readonly sample?: GpuSample;
  /** Absent where the GPUs or their holders are not known. */
  readonly attribution?: Attribution;
  /** Whether the kubelet's last answer is there and describes now. */
  readonly kubeletAnswers: boolean;
  /** Why the last question failed, to the driver and to the kubelet. */
  readonly gpuTrouble?: string | undefined;
  readonly kubeletTrouble?: string | undefined;
}

/** Remembers the last sample and the last allocations, and forgets each when it no longer describes now. */
export class NodeState {
  readonly #maximumAgeMs: number;
  readonly #ownerOf: OwnerLookup | undefined;
  #sample: GpuSample | undefined;
  #lastSampleAtMs: EpochMs | undefined;
  #allocations: { readonly list: readonly Allocation[]; readonly observedAtMs: EpochMs } | undefined;
  #gpuTrouble: string | undefined;
  #kubeletTrouble: string | undefined;
  #claimUuids: ClaimUuids = new Map();
  #needsProcesses = false;
  #joined: { readonly of: readonly unknown[]; readonly attribution: Attribution } | undefined;

  /** @param ownerOf absent where processes can't be looked up */
  constructor(intervalMs: number, ownerOf?: OwnerLookup) {
    this.#maximumAgeMs = maximumAgeMs(intervalMs);
    this.#ownerOf = ownerOf;
  }

  takeReading(event: ReaderEvent): void {
    if (event.kind === 'failure') {
      this.#sample = undefined;
      this.#gpuTrouble = event.reason;
    }
    if (event.kind !== 'sample') return;
    this.#gpuTrouble = undefined;
    this.#sample = event.sample;
    this.#lastSampleAtMs = event.sample.observedAtMs;
  }

  /** A question that failed does not undo the last answer at once: who held a GPU a moment ago holds it still, mostly. */
  takeAllocations(event: AllocationEvent): void {
    this.#kubeletTrouble = event.kind === 'failure' ? event.reason : undefined;
    if (event.kind !== 'allocations') return;
    // Mostly nothing has changed; then the join stays, and with it the text that was made of it.
    const isSame = isDeepStrictEqual(this.#allocations?.list, event.allocations);
    const list = isSame && this.#allocations ? this.#allocations.list : event.allocations;
    this.#allocations = { list, observedAtMs: event.observedAtMs };
  }

  /** What the last answer said stands while the API server fails: a device's UUID does not change. */
  takeClaims(event: ClaimEvent): void {
    if (event.kind === 'uuids' && !isDeepStrictEqual(event.uuids, this.#claimUuids)) this.#claimUuids = event.uuids;
  }

  /** When the last sample was taken, whether it still counts or not. */
  get lastSampleAtMs(): EpochMs | undefined {
    return this.#lastSampleAtMs;
  }

  /** Whether the last join had a GPU to split among pods by its processes. */
  get needsProcesses(): boolean {
    return this.#needsProcesses;
  }

  view(nowMs: EpochMs): NodeView {
    const isFresh = (observedAtMs: EpochMs): boolean => nowMs - observedAtMs <= this.#maximumAgeMs;
    const sample = this.#sample && isFresh(this.#sample.observedAtMs) ? this.#sample : undefined;
    const allocations = this.#allocations && isFresh(this.#allocations.observedAtMs) ? this.#allocations : undefined;
    return {
      ...(sample && { sample }),
      ...(sample && allocations && { attribution: this.#join(sample, allocations.list) }),
      kubeletAnswers: allocations !== undefined && this.#kubeletTrouble === undefined,
      gpuTrouble: this.#gpuTrouble,
      kubeletTrouble: this.#kubeletTrouble,
    };
  }

  /** The same objects for as long as nothing new is known, so that what is made of them can be kept. */
  #join(sample: GpuSample, list: readonly Allocation[]): Attribution {
    const of = [sample, list, this.#claimUuids];
    if (!this.#joined?.of.every((part, at) => part === of[at])) {
      this.#joined = { of, attribution: attribute(sample.devices, list, this.#ownerOf, this.#claimUuids) };
      this.#needsProcesses = needsProcesses(this.#joined.attribution);
    }
    return this.#joined.attribution;
  }
}
