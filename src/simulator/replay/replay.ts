import { Judge } from '../../decision/judge.ts';
import { warmLeadMs } from '../../decision/warm-lead.ts';
import type { EpochMs } from '../../domain/clock.ts';
import type { Verdict } from '../../domain/decision.ts';
import type { Policy } from '../../domain/policy.ts';
import type { Pod, Workload } from '../../domain/workload.ts';
import { CalendarWatch } from '../../schedule/calendar-watch.ts';
import { DeploymentModel } from '../deployment.ts';
import type { ModelPod } from '../deployment.ts';
import { RequestModel } from '../requests.ts';
import type { ScaledObject } from '../scaled-object.ts';
import { ReplayedKeda } from './replayed-keda.ts';
import type { ReplayedChange } from './replayed-keda.ts';
import { SimulatedSignals } from './simulated-signals.ts';

/** How often the models move on and a decision is taken. */
export const replayStepMs = 5_000;
const longestGapMs = 60_000;

export interface ReplaySettings {
  readonly scaledObject: ScaledObject;
  /** Of its trigger. */
  readonly policy: Policy;
  readonly startMs: EpochMs;
  readonly endMs: EpochMs;
  readonly requestsPerMinute: (nowMs: EpochMs) => number;
  /** Requests that one pod serves at once. */
  readonly slotsPerPod: number;
  /** How long one request takes. */
  readonly serviceMs: number;
  /** From a pod's creation until it is ready. */
  readonly startupMs: number;
}

/** How things stand, and what was decided. */
export interface ReplayMoment {
  readonly atMs: EpochMs;
  readonly requestsPerMinute: number;
  /** After the change, where there was one. */
  readonly replicas: number;
  readonly ready: number;
  readonly waiting: number;
  readonly running: number;
  readonly verdict: Verdict;
  readonly change?: ReplayedChange;
  /** Since the start. */
  readonly arrived: number;
  readonly served: number;
  readonly longestWaitMs: number;
}

/**
 * Plays a stretch of time, step by step: demand arrives, pods start and serve, a decision is taken as the scaler takes it, and
 * KEDA and the HPA act on it. The same settings always give the same moments. A start that was seen before counts as learned.
 */
export function* replay(settings: ReplaySettings): Generator<ReplayMoment, void, void> {
  const { startMs, endMs, scaledObject } = settings;
  const world = new ReplayedWorld(settings);
  world.deployment.scaleTo(scaledObject.idleReplicaCount ?? scaledObject.minReplicaCount ?? 0, startMs);
  for (let nowMs = startMs; nowMs < endMs; nowMs += replayStepMs) yield world.step(nowMs);
}

class ReplayedWorld {
  readonly deployment: DeploymentModel;
  readonly #settings: ReplaySettings;
  readonly #requests: RequestModel;
  readonly #signals: SimulatedSignals;
  readonly #judge: Judge;
  readonly #calendar: CalendarWatch | undefined;
  readonly #keda: ReplayedKeda;

  constructor(settings: ReplaySettings) {
    const { scaledObject, policy, startupMs } = settings;
    this.#settings = settings;
    this.#keda = new ReplayedKeda(scaledObject);
    // Pods that end still hold their GPUs while others take their place.
    const gpus = Array.from({ length: 2 * this.#keda.maxReplicas }, (_, index) => ({ node: 'node', index, uuid: `GPU-${index}` })); // prettier-ignore
    this.deployment = new DeploymentModel({ name: scaledObject.name, gpus, startupMs });
    this.#requests = new RequestModel(settings);
    this.#signals = new SimulatedSignals({ ...settings, requests: this.#requests, deployment: this.deployment });
    this.#judge = new Judge(policy, longestGapMs);
    this.#calendar = policy.calendar && new CalendarWatch(policy.calendar);
  }

  step(nowMs: EpochMs): ReplayMoment {
    const { policy, requestsPerMinute: demand } = this.#settings;
    const requestsPerMinute = demand(nowMs);
    this.#requests.advance(nowMs, replayStepMs, requestsPerMinute, this.deployment.pods);
    this.deployment.advance(nowMs);
    const workload = this.#workload();
    const calendar = this.#calendar && { calendar: this.#calendar.at(nowMs, warmLeadMs(policy, workload.startup)) };
    const readings = this.#signals.read(policy.signals, nowMs);
    const { verdict } = this.#judge.judge({ nowMs, workload, readings, ...calendar });
    const change = this.#keda.act(verdict, this.deployment.replicas, nowMs);
    if (change) this.deployment.scaleTo(change.to, nowMs);
    return { atMs: nowMs, requestsPerMinute, verdict, ...(change && { change }), ...this.#figures() };
  }

  #figures(): Omit<ReplayMoment, 'atMs' | 'requestsPerMinute' | 'verdict' | 'change'> {
    const { arrived, served, waiting, longestWaitMs } = this.#requests;
    const { replicas, pods } = this.deployment;
    const running = pods.reduce((sum, { finishesMs }) => sum + finishesMs.length, 0);
    return { replicas, ready: this.deployment.count('ready'), waiting, running, arrived, served, longestWaitMs };
  }

  #workload(): Workload {
    const { scaledObject, startupMs } = this.#settings;
    const { replicas, pods } = this.deployment;
    const { minReplicas, maxReplicas } = this.#keda;
    const { scaleUp, scaleDown } = scaledObject.behavior ?? {};
    return {
      ref: { namespace: scaledObject.namespace, name: scaledObject.name },
      target: scaledObject.name,
      replicas,
      minReplicas: scaledObject.minReplicaCount ?? 0,
      maxReplicas,
      hpa: {
        minReplicas,
        maxReplicas,
        currentReplicas: replicas,
        ...(scaleUp?.tolerance !== undefined && { scaleUpTolerance: scaleUp.tolerance }),
        ...(scaleDown?.tolerance !== undefined && { scaleDownTolerance: scaleDown.tolerance }),
      },
      pods: pods.map(toPod),
      startup: { p90Ms: startupMs, pods: 1 },
    };
  }
}

function toPod({ name, phase, createdAtMs }: ModelPod): Pod {
  return { name, phase, createdAtMs, ...(phase !== 'ready' && { notReadySinceMs: createdAtMs }) };
}
