import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decision/decide.ts';
import { warmLeadMs } from '../../src/decision/warm-lead.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { Pod, Workload } from '../../src/domain/workload.ts';
import { StartupLearner } from '../../src/kubernetes/cluster/startup/learner.ts';
import { parseTriggerMetadata } from '../../src/policy/trigger-metadata.ts';
import { calendarAt } from '../../src/schedule/calendar-at.ts';
import { DeploymentModel } from '../../src/simulator/deployment.ts';
import { freshHpa } from '../../src/simulator/hpa-behavior.ts';
import { syncHpa } from '../../src/simulator/hpa.ts';
import { requestScale } from '../../src/simulator/scale-executor.ts';
import type { ScaledObject } from '../../src/simulator/scaled-object.ts';
import { fresh, workload } from '../support/builders.ts';

const ref = { namespace: 'inference', name: 'llama' };
const minuteMs = 60_000;
const stepMs = 5_000;
const hpaSyncMs = 15_000;
const hpaSpec = { minReplicas: 1, maxReplicas: 40, target: { type: 'AverageValue', value: 1 } } as const;

/** A Deployment that starts from nothing every morning, with KEDA, the HPA and pilotlight's own decisions in front of it. */
class Morning {
  readonly #learner = new StartupLearner();
  readonly #readySinceMs = new Map<string, number>();
  readonly #floor: number;
  readonly #startupMs: number;
  readonly #policy: ReturnType<typeof parseTriggerMetadata>;
  readonly #scaledObject: ScaledObject;
  #model: DeploymentModel;
  #hpa = freshHpa;

  constructor(floor: number, startupMs: number) {
    this.#floor = floor;
    this.#startupMs = startupMs;
    const metadata = {
      scalerAddress: 'scaler:6000',
      timezone: 'Europe/Berlin',
      businessHours: `Mon-Fri 08:00-20:00 min=${floor}`,
      queueFrom: 'gateway',
      queueQuery: 'waiting',
      queueTarget: '5',
    };
    this.#policy = parseTriggerMetadata(metadata);
    this.#scaledObject = { ...ref, triggerType: 'external-push', metadata, maxReplicaCount: 40 };
    this.#model = this.#emptied(0);
    this.#learner.note([]);
  }

  /** Plays from one hour before the office opens to half an hour after; answers when all of the floor was ready, before opening. */
  play(date: string): { readyEarlyMs: number; askedEarlyMs: number; why: string } {
    const opensMs = Date.parse(`${date}T08:00:00+01:00`);
    this.#model = this.#emptied(opensMs);
    this.#hpa = freshHpa;
    let readyMs = Infinity;
    let asked: { atMs: number; why: string } | undefined;
    for (let nowMs = opensMs - 60 * minuteMs; nowMs <= opensMs + 30 * minuteMs; nowMs += stepMs) {
      const decision = this.#step(nowMs);
      if (decision.rule === 'floor') asked ??= { atMs: nowMs, why: decision.why };
      if (this.#model.count('ready') >= this.#floor) readyMs = Math.min(readyMs, nowMs);
    }
    if (!asked) throw new Error('the floor was never asked for');
    return { readyEarlyMs: opensMs - readyMs, askedEarlyMs: opensMs - asked.atMs, why: asked.why };
  }

  #emptied(nowMs: number): DeploymentModel {
    const gpus = Array.from({ length: 40 }, (_, index) => ({ node: 'node-a', index, uuid: `GPU-${index}` }));
    const model = new DeploymentModel({ name: `llama-${nowMs / minuteMs}`, gpus, startupMs: this.#startupMs });
    model.scaleTo(0, nowMs);
    return model;
  }

  #step(nowMs: number): Decision {
    this.#model.advance(nowMs);
    const seen = this.#look(nowMs);
    const calendar = this.#policy.calendar && calendarAt(this.#policy.calendar, nowMs, warmLeadMs(this.#policy, seen.startup)); // prettier-ignore
    const readings = new Map([['queue', fresh(0, { observedAtMs: nowMs })]] as const);
    const decision = decide(this.#policy, { nowMs, workload: seen, readings, ...(calendar && { calendar }) });
    if (decision.state === 'undecided') throw new Error(decision.reason);
    this.#scale(nowMs, decision);
    return decision;
  }

  #look(nowMs: number): Workload {
    const pods = this.#model.pods.map(({ name, phase, createdAtMs }): Pod => {
      if (phase === 'ready' && !this.#readySinceMs.has(name)) this.#readySinceMs.set(name, nowMs);
      const readySinceMs = this.#readySinceMs.get(name);
      return { name, phase, createdAtMs, revision: '6d4f', ...(readySinceMs !== undefined && { readySinceMs }) };
    });
    this.#learner.note(pods);
    const { startup } = this.#learner;
    return workload({ ref, replicas: this.#model.replicas, maxReplicas: 40, pods, ...(startup && { startup }) });
  }

  /** KEDA hears of activity by the stream; the HPA syncs on its own. */
  #scale(nowMs: number, { active, emitted }: Decision): void {
    const { replicas } = this.#model;
    const woken = active
      ? requestScale(this.#scaledObject, 'active', { nowMs, replicas, lastActiveMs: nowMs })
      : undefined;
    if (woken?.scaleTo !== undefined) this.#model.scaleTo(woken.scaleTo, nowMs);
    if (nowMs % hpaSyncMs !== 0) return;
    const counted = this.#model.replicas;
    const outcome = syncHpa(hpaSpec, this.#hpa, {
      nowMs,
      replicas: counted,
      readyReplicas: counted,
      values: [emitted],
    });
    this.#hpa = outcome.state;
    if (outcome.replicas !== counted) this.#model.scaleTo(outcome.replicas, nowMs);
  }
}

describe('a morning with warmLead: auto', () => {
  it('has the floor ready when the office opens, from the first day on, where pods start in 4 minutes', () => {
    const morning = new Morning(2, 4 * minuteMs);

    const monday = morning.play('2026-11-23');
    expect(monday.readyEarlyMs).toBeGreaterThanOrEqual(0);
    expect(monday.why).toBe('warming 2 for Mon-Fri 08:00-20:00 min=2, opens in 5m (start-up not learned yet)');

    const tuesday = morning.play('2026-11-24');
    expect(tuesday.readyEarlyMs).toBeGreaterThanOrEqual(0);
    expect(tuesday.askedEarlyMs).toBeLessThan(monday.askedEarlyMs);
    expect(tuesday.why).toBe('warming 2 for Mon-Fri 08:00-20:00 min=2, opens in 4m30s (learned start-up 4m)');
  });

  it.each([
    [2, 20],
    [2, 720],
    [6, 240],
    [21, 240],
    [40, 1_500],
  ])(
    'learns from the first day to have %d replicas ready that start in %d s, at most 2 minutes and a tenth early',
    (floor, seconds) => {
      const morning = new Morning(floor, seconds * 1_000);
      morning.play('2026-11-23');

      const { readyEarlyMs } = morning.play('2026-11-24');

      expect(readyEarlyMs).toBeGreaterThanOrEqual(0);
      expect(readyEarlyMs).toBeLessThanOrEqual(2 * minuteMs + seconds * 100);
    },
  );
});
