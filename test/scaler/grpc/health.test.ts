import { describe, expect, it } from 'vitest';
import { checkHealth, healthClient } from '../../support/health-client.ts';
import { listen } from '../../support/keda-client.ts';
import { runScaler } from '../../support/running-scaler.ts';

describe('grpc.health.v1', () => {
  it.each(['', 'liveness', 'readiness', 'externalscaler.ExternalScaler'])('serves "%s"', async (service) => {
    const scaler = await runScaler();
    const client = healthClient(scaler.address);
    expect(await checkHealth(client, service)).toBe('SERVING');
    client.close();
    await scaler.close();
  });

  it('knows no other service: Check refuses, Watch says so and goes on', async () => {
    const scaler = await runScaler();
    const client = healthClient(scaler.address);
    expect(await checkHealth(client, 'redis')).toBe('unknown service "redis"');
    const foreign = 's'.repeat(79) + '🦙';
    expect(await checkHealth(client, foreign)).toBe(`unknown service "${foreign}"`);
    const watch = listen(client.Watch({ service: 'redis' }), ({ status }) => status);
    await watch.count(1);
    expect(watch.received).toEqual(['SERVICE_UNKNOWN']);
    await scaler.close();
    expect(await watch.ended).toMatchObject({ code: 'OK' });
    client.close();
  });

  it('tells those who watch that it stops, before it ends their streams', async () => {
    const scaler = await runScaler();
    const client = healthClient(scaler.address);
    const watches = ['', 'readiness'].map((service) => listen(client.Watch({ service }), ({ status }) => status));
    await Promise.all(watches.map((watch) => watch.count(1)));
    await scaler.close();
    for (const watch of watches) {
      expect(await watch.ended).toMatchObject({ code: 'OK' });
      expect(watch.received).toEqual(['SERVING', 'NOT_SERVING']);
    }
    client.close();
  });
});
