import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkHealth, healthClient } from '../support/health-client.ts';
import { KedaClient } from '../support/keda-client.ts';
import type { Trigger } from '../support/keda-client.ts';
import { refusedScaler, startScalerProcess } from '../support/scaler-process.ts';

const workloads = `
workloads:
  - { namespace: inference, name: llama, target: Deployment/llama, replicas: 0 }
`;
const alwaysOpen: Trigger = {
  namespace: 'inference',
  name: 'llama',
  metadata: { scalerAddress: 'scaler:6000', timezone: 'Europe/Berlin', businessHours: 'Mon-Sun 00:00-24:00 min=3' },
};

describe('the scaler as a process', () => {
  it('serves KEDA, and at SIGTERM ends the streams with OK and exits 0', async (test) => {
    const scaler = await startScalerProcess(test, workloads);
    const keda = new KedaClient(scaler.grpcAddress);
    test.onTestFinished(() => keda.close());
    expect(await keda.poll(alwaysOpen)).toEqual({ metric: 'required-replicas', target: 1, value: 3, active: true });
    const health = healthClient(scaler.grpcAddress);
    expect(await checkHealth(health, 'readiness')).toBe('SERVING');
    health.close();
    expect((await fetch(`${scaler.httpAddress}/readyz`)).status).toBe(200);

    const streams = [keda.streamActivity(alwaysOpen), keda.streamMetricSpec(alwaysOpen)];
    await Promise.all(streams.map((stream) => stream.count(1)));
    expect(await scaler.stop()).toBe(0);
    for (const stream of streams) expect(await stream.ended).toMatchObject({ code: 'OK' });
    expect(scaler.logs.at(-1)).toMatchObject({ level: 'info', msg: 'stopped' });
  });

  it('reads a queue through a named connection, and wakes a workload by it', async (test) => {
    let waiting = 0;
    const prometheus = createServer((_, response) => {
      const result = [{ metric: {}, value: [Date.now() / 1_000, String(waiting)] }];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
    });
    await new Promise<void>((resolve) => prometheus.listen(0, '127.0.0.1', resolve));
    test.onTestFinished(() => {
      prometheus.closeAllConnections();
      prometheus.close();
    });
    const { port } = prometheus.address() as AddressInfo;
    const connections = join(mkdtempSync(join(tmpdir(), 'pilotlight-connections-')), 'connections.yaml');
    writeFileSync(
      connections,
      `connections: { gateway: { type: prometheus, url: "http://127.0.0.1:${port}", namespaces: [inference] } }`,
    );
    const exporters = ['--exporters', 'http://127.0.0.1:9,http://127.0.0.2:9'];
    const more = ['--connections', connections, '--read-interval', '50ms', ...exporters];
    const scaler = await startScalerProcess(test, workloads, more);
    expect(scaler.logs.filter(({ msg }) => msg === 'reading from')).toMatchObject([
      {
        workloads: expect.stringMatching(/^file .*workloads\.yaml$/) as string,
        connections: 1,
        exporters: ['http://127.0.0.1:9', 'http://127.0.0.2:9'],
      },
    ]);
    const keda = new KedaClient(scaler.grpcAddress);
    test.onTestFinished(() => keda.close());
    const metadata = { queueFrom: 'gateway', queueQuery: 'sum(waiting)', queueTarget: '5', idleAfter: '0s' };
    const trigger = { ...alwaysOpen, metadata };
    expect(await keda.poll(trigger)).toMatchObject({ value: 0, active: false });
    const stream = keda.streamActivity(trigger);
    await stream.count(1);
    waiting = 7;
    await stream.count(2);
    expect(stream.received).toEqual([false, true]);
    expect(await keda.metricValue(trigger, 'required-replicas')).toBe(1.4);
    const metrics = await (await fetch(`${scaler.httpAddress}/metrics`)).text();
    expect(metrics).toMatch(
      /pilotlight_source_read_duration_seconds_count\{source="prometheus gateway",outcome="answered"\} [1-9]/,
    );
  });

  it('says at its start which cluster it asks', async (test) => {
    const kubeconfig = join(mkdtempSync(join(tmpdir(), 'pilotlight-kubeconfig-')), 'config');
    writeFileSync(
      kubeconfig,
      `
current-context: test
contexts: [{ name: test, context: { cluster: c, user: u } }]
clusters: [{ name: c, cluster: { server: "https://127.0.0.1:1" } }]
users: [{ name: u, user: { token: swordfish } }]`,
    );
    const scaler = await startScalerProcess(test, undefined, ['--kubeconfig', kubeconfig]);
    expect(scaler.logs.find(({ msg }) => msg === 'reading from')).toMatchObject({
      workloads: 'Kubernetes API at https://127.0.0.1:1',
      connections: 0,
      exporters: [],
    });
    expect(JSON.stringify(scaler.logs)).not.toContain('swordfish');
  });

  it.each(['--grpc-port', '--http-port'])('says in one sentence that the port of %s is taken', async (flag) => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    const file = join(mkdtempSync(join(tmpdir(), 'pilotlight-workloads-')), 'workloads.yaml');
    writeFileSync(file, workloads);
    const free = ['--host', '127.0.0.1', '--grpc-port', '0', '--http-port', '0', '--workloads', file];
    expect(await refusedScaler([...free, flag, String(port)])).toEqual({
      exitCode: 1,
      stderr: `port ${port} on 127.0.0.1: it is in use already; choose another, see --help (EADDRINUSE)\n`,
    });
    holder.close();
  });

  it('refuses a command line that it can not follow with one line and exit code 2', async () => {
    expect(await refusedScaler(['--workloads', '/nowhere/workloads.yaml'])).toEqual({
      exitCode: 2,
      stderr: expect.stringMatching(/^--workloads: .*workloads\.yaml.*\n$/) as string,
    });
  });
});
