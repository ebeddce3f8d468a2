import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const window = 'Mon-Fri 08:00-20:00 min=2; ';

/** Nothing that one tenant sends may cost another anything: each case ends with a question of somebody else's. */
describe('the scaler', () => {
  let scaler: RunningScaler;
  const sound = queueTrigger('sound');

  beforeEach(async () => {
    scaler = await runScaler();
    scaler.workloads.set({ namespace: 'inference', name: 'sound' }, { replicas: 3 });
    expect(await scaler.keda.metricSpecs(sound)).toHaveLength(1);
  });
  afterEach(async () => {
    expect(await scaler.keda.metricSpecs(sound)).toHaveLength(1);
    await scaler.close();
  });

  it.each([
    [
      'a megabyte in one value',
      { queueKey: 'x'.repeat(1_048_576) },
      [
        'the metadata is 1048653 characters long; 65536 are allowed in all',
        'queueKey: 1048576 characters are more than the 16384 allowed',
      ],
    ],
    [
      '100,000 windows',
      { timezone: 'UTC', businessHours: window.repeat(100_000) },
      ['businessHours: 2699999 characters are more than the 16384 allowed'],
    ],
    [
      'as many windows as fit',
      { timezone: 'UTC', businessHours: window.repeat(600) },
      ['businessHours: 600 windows are more than the 200 allowed'],
    ],
    [
      'a timezone that there is not',
      { timezone: 'Europe/Berlinn', businessHours: window },
      ['timezone: "Europe/Berlinn" is not the IANA name of a timezone; did you mean "Europe/Berlin"?'],
    ],
    [
      'thousands of keys',
      Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`key${index}`, 'x'])),
      ['5004 keys are more than the 200 allowed'],
    ],
  ])('refuses %s with INVALID_ARGUMENT that says so', async (_case, metadata, said) => {
    const trigger = queueTrigger('llama', metadata);
    const refused = await scaler.keda.metricSpecs(trigger).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT' });
    for (const part of said) expect(String(refused)).toContain(part);
    expect(String(refused).length).toBeLessThan(3_000);
    await expect(scaler.keda.metricSpecs(trigger)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('tells long metadata that is refused apart, though it keeps only a digest', async () => {
    const refusal = async (key: string): Promise<string> => {
      const trigger = queueTrigger('llama', { [key]: 'x'.repeat(100_000) });
      return String(await scaler.keda.metricSpecs(trigger).catch((error: unknown) => error));
    };
    expect(await refusal('queueTarge')).toContain('did you mean "queueTarget"?');
    expect(await refusal('timezon')).toContain('did you mean "timezone"?');
    expect(await refusal('queueTarge')).toContain('did you mean "queueTarget"?');
  });

  it('refuses a message beyond 4 MiB with RESOURCE_EXHAUSTED', async () => {
    const trigger = queueTrigger('llama', { queueKey: 'x'.repeat(5 * 1_048_576) });
    await expect(scaler.keda.metricSpecs(trigger)).rejects.toMatchObject({
      code: 'RESOURCE_EXHAUSTED',
      details: expect.stringMatching(/larger than max \(\d+ vs\.? 4194304\)/) as string,
    });
  });

  it('answers UNAVAILABLE, never 0, for a workload that there is not, and says which', async () => {
    const trigger = queueTrigger('nowhere');
    expect(await scaler.keda.metricSpecs(trigger)).toHaveLength(1);
    scaler.workloads.lose(
      trigger,
      'Deployment inference/nowhere, which the ScaledObject names as its scaleTargetRef, not found',
    );
    await expect(scaler.keda.poll(trigger)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      details: expect.stringContaining('Deployment inference/nowhere, which the ScaledObject names') as string,
    });
  });

  it('keeps a stream open, and says nothing on it, while its namespace is deleted', async () => {
    const trigger = queueTrigger('llama');
    const ref = { namespace: 'inference', name: 'llama' };
    scaler.workloads.set(ref, { replicas: 3 });
    scaler.signalsOf(ref).set({ queue: 12 });
    const stream = scaler.keda.streamActivity(trigger);
    await stream.count(1);
    scaler.workloads.lose(ref, 'ScaledObject inference/llama not found');
    await scaler.clock.advance(30_000);
    await expect(scaler.keda.isActive(trigger)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(stream.received).toEqual([true]);
    scaler.workloads.set(ref, { replicas: 0, pods: [] });
    await scaler.clock.advance(10_000);
    await stream.count(2);
    expect(stream.received).not.toContain(false);
    stream.cancel();
  });
});
