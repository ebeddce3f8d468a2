import type { Clock, EpochMs } from '../domain/clock.ts';
import { pause } from '../domain/clock.ts';
import type { ScaledObjectRef } from '../domain/workload.ts';
import type { GetMetricSpecResponse__Output } from '../generated/externalscaler/GetMetricSpecResponse.ts';
import type { IsActiveResponse__Output } from '../generated/externalscaler/IsActiveResponse.ts';
import { freshHpa } from './hpa-behavior.ts';
import { asksForMetric, syncHpa } from './hpa.ts';
import type { HpaSpec } from './hpa.ts';
import { afterIsActive, afterMetricSpec, keepStreaming } from './keep-streaming.ts';
import { repeat } from './repeat.ts';
import { requestScale } from './scale-executor.ts';
import type { Activity } from './scale-executor.ts';
import { kedaDefaults } from './scaled-object.ts';
import type { ScaledObject } from './scaled-object.ts';
import { readMetricSpec } from './scaler-client.ts';
import type { ExternalMetric, MetricsAndActivity, ScalerClient } from './scaler-client.ts';
import { Trigger } from './trigger.ts';

/** A change of replicas, and who made it. */
export interface Scaled {
  readonly ref: ScaledObjectRef;
  readonly from: number;
  readonly to: number;
  readonly by: 'keda' | 'hpa';
  readonly why: string;
}

/** What the loops of all ScaledObjects share. */
export interface Surroundings {
  readonly client: ScalerClient;
  readonly clock: Clock;
  /** Aborted when the loops are to end. */
  readonly signal: AbortSignal;
  readonly readReplicas: (ref: ScaledObjectRef) => number;
  readonly applyReplicas: (ref: ScaledObjectRef, replicas: number) => void;
  readonly onScaled: (scaled: Scaled) => void;
  readonly streamsMetricSpec: boolean;
}

/** Backoff of a Kubernetes controller whose reconcile fails. */
const reconcileRetry = { firstMs: 5, longestMs: 1_000_000 };
/** How long after the reconcile the push handler sees the metric's name: its view of the status lags behind. */
const statusLagMs = 100;

/** All that KEDA and the HPA controller do for one ScaledObject. */
export class ScaledObjectLoops {
  readonly #scaledObject: ScaledObject;
  readonly #around: Surroundings;
  readonly #trigger: Trigger;
  #hpa: { readonly spec: HpaSpec; readonly metricName: string } | undefined;
  #hpaState = freshHpa;
  #lastActiveMs: EpochMs | undefined;
  #isMetricNameKnown = false;
  /** Polls and pushes of one ScaledObject wait for each other. */
  #turn = Promise.resolve();

  constructor(scaledObject: ScaledObject, around: Surroundings) {
    this.#scaledObject = scaledObject;
    this.#around = around;
    this.#trigger = new Trigger(around.client, scaledObject);
  }

  /** Resolves when the signal of its surroundings is aborted. */
  async run(): Promise<void> {
    const { clock, signal } = this.#around;
    const {
      triggerType,
      pollingIntervalMs = kedaDefaults.pollingIntervalMs,
      hpaSyncIntervalMs = kedaDefaults.hpaSyncIntervalMs,
    } = this.#scaledObject;
    await this.#reconcile();
    await Promise.all([
      repeat(clock, pollingIntervalMs, signal, () => this.#inTurn(() => this.#poll())),
      pause(clock, hpaSyncIntervalMs, signal).then(() =>
        repeat(clock, hpaSyncIntervalMs, signal, () => this.#syncHpa()),
      ),
      triggerType === 'external-push' ? this.#listen() : undefined,
    ]);
  }

  /** Creates the HPA, and tries until the scaler has said which metric it is for; nothing else starts before. */
  async #reconcile(): Promise<void> {
    const { client, clock, signal } = this.#around;
    let retryMs = reconcileRetry.firstMs;
    while (!signal.aborted) {
      const spec = await client.getMetricSpec(this.#scaledObject).catch(() => undefined);
      if (spec && this.#createHpa(spec)) return;
      await pause(clock, retryMs, signal);
      retryMs = Math.min(retryMs * 2, reconcileRetry.longestMs);
    }
  }

  /** False where Kubernetes would refuse the HPA, because the target is not above zero. */
  #createHpa({ metricName, target }: ExternalMetric): boolean {
    if (target <= 0) return false;
    const { minReplicaCount, maxReplicaCount = kedaDefaults.maxReplicaCount, behavior } = this.#scaledObject;
    const bounds = { minReplicas: Math.max(1, minReplicaCount ?? 0), maxReplicas: maxReplicaCount };
    const spec: HpaSpec = { ...bounds, target: { type: 'AverageValue', value: target }, ...(behavior && { behavior }) };
    this.#hpa = { spec, metricName };
    void pause(this.#around.clock, statusLagMs, this.#around.signal).then(() => {
      this.#isMetricNameKnown = true;
    });
    return true;
  }

  async #poll(): Promise<void> {
    const activity = await this.#trigger.read().then(
      ({ active }) => (active ? 'active' : 'inactive'),
      () => 'error' as const,
    );
    this.#requestScale(activity, 'polled');
  }

  /** Listens to the streams of an external-push trigger. */
  async #listen(): Promise<void> {
    const { client, clock, signal, streamsMetricSpec } = this.#around;
    const isActive = {
      open: () => client.streamIsActive(this.#scaledObject),
      onMessage: ({ result }: IsActiveResponse__Output) => this.#onPush(result),
      afterEnd: afterIsActive,
    };
    const metricSpec = {
      open: () => client.streamMetricSpec(this.#scaledObject),
      onMessage: (response: GetMetricSpecResponse__Output) => this.#onMetricSpec(readMetricSpec(response)),
      afterEnd: afterMetricSpec,
    };
    await Promise.all([
      keepStreaming(isActive, clock, signal),
      streamsMetricSpec ? keepStreaming(metricSpec, clock, signal) : undefined,
    ]);
  }

  /** `false` is left to the polls, and a `true` that comes before the metric's name is known is lost. */
  async #onPush(active: boolean): Promise<void> {
    if (!active || !this.#isMetricNameKnown) return;
    await this.#inTurn(() => this.#requestScale('active', 'pushed'));
  }

  #onMetricSpec(spec: ExternalMetric): void {
    this.#trigger.remember(spec);
    this.#createHpa(spec);
  }

  #requestScale(activity: Activity, how: 'polled' | 'pushed'): void {
    const nowMs = this.#around.clock.nowMs();
    const replicas = this.#around.readReplicas(this.#scaledObject);
    const step = requestScale(this.#scaledObject, activity, { nowMs, replicas, lastActiveMs: this.#lastActiveMs });
    if (step.refreshes) this.#lastActiveMs = nowMs;
    if (step.scaleTo !== undefined) this.#scale(replicas, step.scaleTo, 'keda', `${step.why} (${how})`);
  }

  async #syncHpa(): Promise<void> {
    const { clock, readReplicas } = this.#around;
    if (!this.#hpa) return;
    const { spec, metricName } = this.#hpa;
    const isAsked = asksForMetric(spec, readReplicas(this.#scaledObject));
    const values = isAsked ? await this.#trigger.read(metricName).then(toValues, () => undefined) : undefined;
    const replicas = readReplicas(this.#scaledObject);
    const sync = { nowMs: clock.nowMs(), replicas, readyReplicas: replicas, values };
    const outcome = syncHpa(spec, this.#hpaState, sync);
    this.#hpaState = outcome.state;
    if (outcome.replicas === replicas) return;
    const metric = values === undefined ? '' : `, metric ${values.join(' + ')}, target ${spec.target.value}`;
    this.#scale(replicas, outcome.replicas, 'hpa', `${outcome.reason}${metric}`);
  }

  #scale(from: number, to: number, by: Scaled['by'], why: string): void {
    const { namespace, name } = this.#scaledObject;
    this.#around.applyReplicas({ namespace, name }, to);
    this.#around.onScaled({ ref: { namespace, name }, from, to, by, why });
  }

  #inTurn(work: () => Promise<void> | void): Promise<void> {
    this.#turn = this.#turn.then(work);
    return this.#turn;
  }
}

/** The HPA gets an error for a list without values, and never a zero. */
function toValues({ values }: MetricsAndActivity): readonly number[] | undefined {
  return values.length > 0 ? values : undefined;
}
