import type { EpochMs } from '../../domain/clock.ts';
import type { Verdict } from '../../domain/decision.ts';
import { freshHpa } from '../hpa-behavior.ts';
import { syncHpa } from '../hpa.ts';
import type { HpaSpec } from '../hpa.ts';
import { requestScale } from '../scale-executor.ts';
import { kedaDefaults } from '../scaled-object.ts';
import type { ScaledObject } from '../scaled-object.ts';

/** A change of replicas, and who made it. */
export interface ReplayedChange {
  readonly from: number;
  readonly to: number;
  readonly by: 'keda' | 'hpa';
  readonly why: string;
}

/**
 * What KEDA and the HPA make of decisions, at their pace but without calls: KEDA polls, and hears at once when a workload at
 * zero is active where the trigger pushes; the HPA syncs between one and the most.
 */
export class ReplayedKeda {
  readonly #scaledObject: ScaledObject;
  readonly #hpaSpec: HpaSpec;
  #hpaState = freshHpa;
  #lastActiveMs: EpochMs | undefined;
  #nextPollMs = -Infinity;
  #nextSyncMs = -Infinity;

  constructor(scaledObject: ScaledObject) {
    const { minReplicaCount = 0, maxReplicaCount = kedaDefaults.maxReplicaCount, behavior } = scaledObject;
    this.#scaledObject = scaledObject;
    this.#hpaSpec = {
      minReplicas: Math.max(1, minReplicaCount),
      maxReplicas: maxReplicaCount,
      target: { type: 'AverageValue', value: 1 },
      ...(behavior && { behavior }),
    };
  }

  get minReplicas(): number {
    return this.#hpaSpec.minReplicas;
  }

  get maxReplicas(): number {
    return this.#hpaSpec.maxReplicas;
  }

  /** Acts on the decision of this moment; answers what that changed. */
  act(verdict: Verdict, replicas: number, nowMs: EpochMs): ReplayedChange | undefined {
    return this.#push(verdict, replicas, nowMs) ?? this.#poll(verdict, replicas, nowMs) ?? this.#sync(verdict, replicas, nowMs); // prettier-ignore
  }

  #push(verdict: Verdict, replicas: number, nowMs: EpochMs): ReplayedChange | undefined {
    const isAwake = verdict.state === 'decided' && verdict.active;
    if (this.#scaledObject.triggerType !== 'external-push' || replicas > 0 || !isAwake) return undefined;
    return this.#request('active', replicas, nowMs);
  }

  #poll(verdict: Verdict, replicas: number, nowMs: EpochMs): ReplayedChange | undefined {
    if (nowMs < this.#nextPollMs) return undefined;
    this.#nextPollMs = nowMs + (this.#scaledObject.pollingIntervalMs ?? kedaDefaults.pollingIntervalMs);
    if (verdict.state === 'undecided') return this.#request('error', replicas, nowMs);
    return this.#request(verdict.active ? 'active' : 'inactive', replicas, nowMs);
  }

  #request(activity: 'active' | 'inactive' | 'error', replicas: number, nowMs: EpochMs): ReplayedChange | undefined {
    const standing = { nowMs, replicas, lastActiveMs: this.#lastActiveMs };
    const step = requestScale(this.#scaledObject, activity, standing);
    if (step.refreshes) this.#lastActiveMs = nowMs;
    return changeOf(replicas, step.scaleTo ?? replicas, 'keda', step.why);
  }

  #sync(verdict: Verdict, replicas: number, nowMs: EpochMs): ReplayedChange | undefined {
    if (nowMs < this.#nextSyncMs) return undefined;
    this.#nextSyncMs = nowMs + (this.#scaledObject.hpaSyncIntervalMs ?? kedaDefaults.hpaSyncIntervalMs);
    const values = verdict.state === 'decided' ? [verdict.emitted] : undefined;
    const outcome = syncHpa(this.#hpaSpec, this.#hpaState, { nowMs, replicas, readyReplicas: replicas, values });
    this.#hpaState = outcome.state;
    return changeOf(replicas, outcome.replicas, 'hpa', outcome.reason);
  }
}

function changeOf(from: number, to: number, by: ReplayedChange['by'], why: string): ReplayedChange | undefined {
  return from === to ? undefined : { from, to, by, why };
}
