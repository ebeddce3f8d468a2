import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fresh } from '../../support/builders.ts';
import { queueTrigger, runScaler } from '../../support/running-scaler.ts';
import type { RunningScaler } from '../../support/running-scaler.ts';

const trigger = queueTrigger();
let scaler: RunningScaler;

beforeEach(async () => {
  scaler = await runScaler();
});
afterEach(() => scaler.close());

/** The scrape's samples by name and labels. */
async function scrape(): Promise<Map<string, number>> {
  const text = await (await scaler.http('/metrics')).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

async function json(path: string): Promise<{ status: number; body: unknown }> {
  const response = await scaler.http(path);
  return { status: response.status, body: await response.json() };
}

describe('/metrics', () => {
  const labels = 'namespace="inference",scaledobject="llama"';

  it('shows what was decided, and from what', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    const observedAtMs = scaler.clock.nowMs() - 3_000;
    scaler.signalsOf(trigger).set({ queue: fresh(12, { observedAtMs, coverage: { heard: 1, expected: 2 } }) });
    await scaler.keda.poll(trigger);
    const samples = await scrape();
    expect(samples.get(`pilotlight_required_replicas{${labels}}`)).toBe(2.4);
    expect(samples.get(`pilotlight_active{${labels}}`)).toBe(1);
    expect(samples.get(`pilotlight_bid_replicas{${labels},rule="load"}`)).toBe(2.4);
    expect(samples.get(`pilotlight_signal_value{${labels},signal="queue"}`)).toBe(12);
    expect(samples.get(`pilotlight_signal_age_seconds{${labels},signal="queue"}`)).toBe(3);
    expect(samples.get(`pilotlight_signal_coverage_ratio{${labels},signal="queue"}`)).toBe(0.5);
  });

  it('counts the calls that were answered, within a second', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    scaler.signalsOf(trigger).set({ queue: 12 });
    await scaler.keda.poll(trigger);
    const count = 'pilotlight_rpc_duration_seconds_count{method="GetMetrics",code="OK"}';
    expect((await scrape()).get(count)).toBe(0);
    await vi.waitFor(async () => expect((await scrape()).get(count)).toBe(1), { timeout: 5_000 });
  });

  it('shows no number for what is not known, and counts the refusals', async () => {
    scaler.workloads.lose(trigger, 'gone');
    await scaler.keda.poll(trigger).catch(() => undefined);
    const samples = await scrape();
    expect([...samples.keys()].filter((key) => key.includes(labels))).toEqual([]);
    expect(samples.get('pilotlight_rpc_duration_seconds_count{method="GetMetrics",code="UNAVAILABLE"}')).toBe(1);
    expect(samples.get('pilotlight_rpc_duration_seconds_count{method="IsActive",code="OK"}')).toBe(0);
  });

  it('shows a hold', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    const coverage = { heard: 0, expected: 1 };
    scaler.signalsOf(trigger).set({ queue: { state: 'failed', reason: 'x', source: 'q', observedAtMs: 0, coverage } });
    await scaler.keda.poll(trigger);
    const samples = await scrape();
    expect(samples.get(`pilotlight_hold_active{${labels}}`)).toBe(1);
    expect(samples.get(`pilotlight_required_replicas{${labels}}`)).toBe(2);
    expect(samples.has(`pilotlight_signal_value{${labels},signal="queue"}`)).toBe(false);
  });

  it('shows the greater of two triggers of one ScaledObject, as the HPA takes it', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    scaler.signalsOf(trigger).set({ queue: 12 });
    await scaler.keda.poll(queueTrigger('llama', { queueTarget: '2' }));
    await scaler.keda.poll(trigger);
    expect((await scrape()).get(`pilotlight_required_replicas{${labels}}`)).toBe(6);
  });

  it('forgets a ScaledObject that was dropped', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    scaler.signalsOf(trigger).set({ queue: 12 });
    await scaler.keda.poll(trigger);
    await scaler.clock.advance(700_000);
    expect([...(await scrape()).keys()].filter((key) => key.includes(labels))).toEqual([]);
  });
});

describe('/api/decisions', () => {
  it('lists what is decided for each trigger', async () => {
    scaler.workloads.set(trigger, { replicas: 2 });
    scaler.signalsOf(trigger).set({ queue: 12 });
    await scaler.keda.poll(trigger);
    await scaler.keda.metricSpecs(queueTrigger('mistral'));
    expect(await json('/api/decisions')).toEqual({
      status: 200,
      body: {
        decisions: [
          {
            namespace: 'inference',
            name: 'llama',
            state: 'decided',
            required: 2.4,
            emitted: 2.4,
            active: true,
            rule: 'load',
            why: expect.stringContaining('queue') as string,
            decidedAt: '2026-03-03T10:00:00.000Z',
            workload: { target: 'Deployment/llama', replicas: 2, readyReplicas: 2 },
          },
          {
            namespace: 'inference',
            name: 'mistral',
            state: 'undecided',
            reason: 'inference/mistral was never seen',
            decidedAt: '2026-03-03T10:00:00.000Z',
          },
        ],
      },
    });
  });

  it('explains one ScaledObject: bids, readings with their ages, calendar, workload', async () => {
    const withHours = queueTrigger('llama', { timezone: 'Europe/Berlin', businessHours: 'Mon-Fri 08:00-20:00 min=2' });
    scaler.workloads.set(trigger, { replicas: 2, maxReplicas: 8 });
    scaler.signalsOf(trigger).set({ queue: fresh(12, { observedAtMs: scaler.clock.nowMs() - 3_000 }) });
    await scaler.keda.poll(withHours);
    const { status, body } = await json('/api/decisions/inference/llama');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      namespace: 'inference',
      name: 'llama',
      triggers: [
        {
          state: 'decided',
          required: 2.4,
          bids: expect.arrayContaining([expect.objectContaining({ rule: 'load', atLeast: 2.4 })]) as unknown[],
          signals: expect.arrayContaining([
            expect.objectContaining({
              signal: 'queue',
              unit: 'requests',
              target: 5,
              state: 'fresh',
              value: 12,
              ageSeconds: 3,
            }),
          ]) as unknown[],
          calendar: { timezone: 'Europe/Berlin', open: true, floor: 2, nextEdge: '2026-03-03T19:00:00.000Z' },
          workload: { state: 'known', target: 'Deployment/llama', replicas: 2, readyReplicas: 2, maxReplicas: 8 },
          quiet: { quiet: false },
        },
      ],
    });
  });

  it('never shows metadata, which KEDA may have filled with secrets', async () => {
    scaler.workloads.set(trigger, { replicas: 1 });
    await scaler.keda.poll(queueTrigger('llama', { scalerAddress: 'secret-of-the-container:6000' }));
    for (const path of ['/api/decisions', '/api/decisions/inference/llama', '/metrics']) {
      expect(await (await scaler.http(path)).text()).not.toContain('secret-of');
    }
  });

  it.each(['/api/decisions/inference/nobody', '/api/decisions/inference', '/api/decisions/a/b/c', '/api/decisions/'])(
    'answers 404 with a hint at %s',
    async (path) => {
      const { status, body } = await json(path);
      expect(status).toBe(404);
      expect(body).toMatchObject({ error: expect.stringContaining('/api/decisions/NAMESPACE/NAME') as string });
    },
  );
});

describe('/', () => {
  it('is the status page, under a policy that lets it do nothing but ask this scaler', async () => {
    const response = await scaler.http('/');
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('<title>pilotlight</title>');
  });
});

describe('the probes', () => {
  it('answer ok while the scaler serves', async () => {
    for (const path of ['/healthz', '/readyz']) expect((await scaler.http(path)).status).toBe(200);
  });
});
