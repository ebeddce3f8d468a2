import type { EpochMs } from '../../domain/clock.ts';
import { engineDefinition } from '../../domain/engine.ts';
import type { SignalPlan } from '../../domain/policy.ts';
import type { Reading } from '../../domain/reading.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { DeploymentModel } from '../deployment.ts';
import type { RequestModel } from '../requests.ts';

const rateWindowMs = 30_000;
/** Of one request that is being served. */
const tokensPerSecond = 30;
/** Of an engine that takes its memory when it starts. */
const keptMemoryRatio = 0.9;

interface Counted {
  readonly atMs: EpochMs;
  readonly arrived: number;
  readonly served: number;
}

export interface Models {
  readonly requests: RequestModel;
  readonly deployment: DeploymentModel;
  readonly slotsPerPod: number;
  readonly serviceMs: number;
}

/**
 * What the signals of a policy would say of the modelled workload. A connection sees it at any time, pods only while some
 * are ready. The share of a pod's slots in use stands for its KV cache and its GPU's utilization.
 */
export class SimulatedSignals {
  readonly #models: Models;
  #counted: readonly Counted[] = [];

  constructor(models: Models) {
    this.#models = models;
  }

  /** Reads all signals at `nowMs`, which never goes back. */
  read(plans: readonly SignalPlan[], nowMs: EpochMs): ReadonlyMap<SignalName, Reading> {
    const { arrived, served } = this.#models.requests;
    const recent = this.#counted.filter(({ atMs }) => atMs >= nowMs - rateWindowMs);
    this.#counted = [...recent, { atMs: nowMs, arrived, served }];
    return new Map(plans.map((plan) => [plan.signal, this.#readingOf(plan, nowMs)]));
  }

  #readingOf(plan: SignalPlan, nowMs: EpochMs): Reading {
    const isOutside = plan.origin.kind === 'connection';
    const ready = this.#models.deployment.count('ready');
    const source = isOutside ? plan.origin.connection : `${plan.origin.kind} pods`;
    const heard = isOutside ? 1 : ready;
    const origin = { source, observedAtMs: nowMs, coverage: { heard, expected: heard } };
    if (heard === 0) return { state: 'absent', reason: 'no ready pods', ...origin };
    const value = this.#valueOf(plan, nowMs);
    if (value === undefined) return { state: 'absent', reason: 'no request ended within the last minute', ...origin };
    return { state: 'fresh', value, ...origin };
  }

  #valueOf({ signal, origin }: SignalPlan, nowMs: EpochMs): number | undefined {
    const { requests, slotsPerPod, deployment } = this.#models;
    const running = this.#running;
    const completes = origin.kind === 'engine' && engineDefinition(origin.engine).counts === 'completions';
    const latency = (share: number): number | undefined => this.#quantile(share, nowMs, this.#models.serviceMs);
    const values: Record<SignalName, () => number | undefined> = {
      queue: () => requests.waiting,
      running: () => running,
      concurrency: () => requests.waiting + running,
      requestRate: () => this.#ratePerSecond(completes ? 'served' : 'arrived'),
      tokenRate: () => running * tokensPerSecond,
      kvCache: () => running / slotsPerPod,
      gpuUtilization: () => running / slotsPerPod,
      gpuMemory: () => deployment.count('ready') * keptMemoryRatio,
      latencyP50: () => latency(0.5),
      latencyP95: () => latency(0.95),
      latencyP99: () => latency(0.99),
      ttftP99: () => this.#quantile(0.99, nowMs, 0),
    };
    return values[signal]();
  }

  get #running(): number {
    return this.#models.deployment.pods.reduce((sum, { finishesMs }) => sum + finishesMs.length, 0);
  }

  #ratePerSecond(what: 'arrived' | 'served'): number {
    const [first, last] = [this.#counted[0], this.#counted.at(-1)];
    if (!first || !last || last.atMs === first.atMs) return 0;
    return ((last[what] - first[what]) / (last.atMs - first.atMs)) * 1_000;
  }

  /** In seconds. */
  #quantile(share: number, nowMs: EpochMs, servedMs: number): number | undefined {
    const waited = this.#models.requests.endedLately(nowMs).map(({ waitedMs }) => waitedMs).sort((a, b) => a - b); // prettier-ignore
    const at = waited[Math.ceil(share * waited.length) - 1];
    return at === undefined ? undefined : (at + servedMs) / 1_000;
  }
}
