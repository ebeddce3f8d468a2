import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const trigger = queueTrigger();
let scaler: RunningScaler;

beforeEach(async () => {
  scaler = await runScaler();
  scaler.signalsOf(trigger).set({ queue: 1 });
});
afterEach(() => scaler.close());

/** An override that ends a minute after the scaler has started. */
const override = { min: 4, untilMs: Date.parse('2026-03-03T10:01:00Z'), reason: 'load test' };

describe('an override', () => {
  it('is shown where decisions are, until it is over', async () => {
    scaler.workloads.set(trigger, { replicas: 2, override: { state: 'set', override } });
    await scaler.keda.poll(trigger);

    const shown = { state: 'in force', min: 4, reason: 'load test', until: '2026-03-03T10:01:00.000Z' };
    const decision = { required: 4, rule: 'override', override: shown };
    expect(await decisions()).toMatchObject([decision]);
    expect(await details()).toMatchObject({ triggers: [decision] });
    expect(await gauges()).toEqual({ active: 1, invalid: 0 });

    await scaler.clock.advance(60_000);
    expect(await decisions()).toMatchObject([{ rule: 'load', override: { ...shown, state: 'over' } }]);
    expect(await gauges()).toEqual({ active: 0, invalid: 0 });
  });

  it('that can not be understood is shown with what is wrong, and counts for nothing', async () => {
    const broken = { state: 'invalid', text: 'min=x', problem: 'min=x is not a whole number' } as const;
    scaler.workloads.set(trigger, { replicas: 2, override: broken });
    await scaler.keda.poll(trigger);

    expect(await decisions()).toMatchObject([{ rule: 'load', override: broken }]);
    expect(await gauges()).toEqual({ active: 0, invalid: 1 });
  });
});

async function decisions(): Promise<unknown> {
  const { decisions: all } = (await (await scaler.http('/api/decisions')).json()) as { decisions: unknown };
  return all;
}

async function details(): Promise<unknown> {
  return (await scaler.http('/api/decisions/inference/llama')).json();
}

async function gauges(): Promise<Record<string, number>> {
  const text = await (await scaler.http('/metrics')).text();
  const found = text.matchAll(/^pilotlight_override_(\w+)\{namespace="inference",scaledobject="llama"\} (\d)$/gm);
  return Object.fromEntries([...found].map(([, name = '', value]) => [name, Number(value)]));
}
