import { describe, expect, it } from 'vitest';
import { requestScale } from '../../src/simulator/scale-executor.ts';
import type { ScaledObject } from '../../src/simulator/scaled-object.ts';

const nowMs = 3_600_000;
const minuteMs = 60_000;

const plain: ScaledObject = { namespace: 'inference', name: 'llama', triggerType: 'external', metadata: {} };
const dark: ScaledObject = { ...plain, idleReplicaCount: 0, minReplicaCount: 3 };
const warm: ScaledObject = { ...plain, minReplicaCount: 2 };

type Standing = Parameters<typeof requestScale>[2];

function at(replicas: number, lastActiveMs?: number): Standing {
  return { nowMs, replicas, lastActiveMs };
}

describe('an active trigger', () => {
  it.each<[string, ScaledObject, Standing, number | undefined]>([
    ['wakes to 1', plain, at(0), 1],
    ['wakes to minReplicaCount', warm, at(0), 2],
    ['wakes from idle to minReplicaCount', dark, at(0), 3],
    ['raises from below minReplicaCount, where there is an idle count', dark, at(2), 3],
    ['leaves what is below minReplicaCount to the HPA, where there is none', warm, at(1), undefined],
    ['leaves the rest to the HPA', plain, at(5), undefined],
  ])('%s', (_, scaledObject, standing, scaleTo) => {
    const step = requestScale(scaledObject, 'active', standing);
    expect(step).toMatchObject({ refreshes: true, why: 'trigger is active' });
    expect(step.scaleTo).toBe(scaleTo);
  });
});

describe('an inactive trigger', () => {
  it.each<[string, ScaledObject, Standing, number | undefined, string]>([
    ['sleeps at once if it was never active', plain, at(4), 0, 'trigger was never active'],
    [
      'cools down for 5 minutes',
      plain,
      at(4, nowMs - minuteMs),
      undefined,
      'trigger inactive for 1m, cooling down for 5m',
    ],
    [
      'cools down for as long as it says',
      { ...plain, cooldownPeriodMs: 10 * minuteMs },
      at(4, nowMs - 6 * minuteMs),
      undefined,
      'trigger inactive for 6m, cooling down for 10m',
    ],
    [
      'still cools down when exactly that has passed',
      plain,
      at(4, nowMs - 5 * minuteMs),
      undefined,
      'trigger inactive for 5m, cooling down for 5m',
    ],
    ['sleeps after that, from any number', plain, at(4, nowMs - 6 * minuteMs), 0, 'trigger inactive for 6m'],
    ['goes down to the idle count', dark, at(7, nowMs - 6 * minuteMs), 0, 'trigger inactive for 6m'],
    ['leaves what is at zero', plain, at(0), undefined, 'trigger is inactive'],
    ['leaves what is idle', dark, at(0), undefined, 'trigger is inactive'],
    ['never sleeps where there is a minimum', warm, at(5, 0), undefined, 'trigger is inactive'],
    ['restores the minimum', warm, at(1), 2, 'below minReplicaCount'],
  ])('%s', (...[, scaledObject, standing, scaleTo, why]) => {
    const step = requestScale(scaledObject, 'inactive', standing);
    expect(step).toMatchObject({ refreshes: false, why });
    expect(step.scaleTo).toBe(scaleTo);
  });
});

describe('an error of the trigger', () => {
  it.each<[string, ScaledObject, Standing]>([
    ['at zero', plain, at(0)],
    ['when it would be time to sleep', plain, at(4, 0)],
    ['when it was never active', plain, at(4)],
    ['below the minimum', warm, at(1)],
  ])('changes nothing %s', (_, scaledObject, standing) => {
    expect(requestScale(scaledObject, 'error', standing)).toEqual({
      refreshes: false,
      why: 'trigger error: no action',
    });
  });
});
