import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestContext } from 'vitest';
import { fixedPorts, startGpuCluster } from '../support/gpu-cluster.ts';
import type { GpuCluster } from '../support/gpu-cluster.ts';
import { KedaClient } from '../support/keda-client.ts';
import type { Trigger } from '../support/keda-client.ts';
import { startScalerProcess } from '../support/scaler-process.ts';
import { prometheusServer, ServerProgram } from '../support/server-program.ts';

const patience = { timeout: 120_000, interval: 200 };
const always = { scalerAddress: 'scaler:6000', timezone: 'UTC', businessHours: 'daily 00:00-24:00 min=1' };
const byGpu: Trigger = { namespace: 'inference', name: 'llama', metadata: { ...always, gpuUtilizationTarget: '80' } };
/** How much faster than the world a scaler runs that is to live through the 5 minutes of an API server's outage. */
const speed = 10;

function client(test: TestContext, address: string): KedaClient {
  const keda = new KedaClient(address);
  test.onTestFinished(() => keda.close());
  return keda;
}

/** Required replicas, or the code of the error in their place. */
async function asked(keda: KedaClient, trigger = byGpu): Promise<number | string> {
  return keda.metricValue(trigger, 'required-replicas').catch((error: unknown) => (error as { code: string }).code);
}

async function becomes(keda: KedaClient, wanted: number | string, trigger = byGpu): Promise<void> {
  await expect.poll(() => asked(keda, trigger), patience).toBe(wanted);
}

/** DESIGN §4 with real processes: two replicas whose load asks for one, so that whatever is lost may lower nothing. */
describe('when something breaks', { timeout: 400_000 }, () => {
  it('an exporter that is killed, and one that swallows packets, hold the replicas, and are read again by themselves', async (test) => {
    const cluster = await startGpuCluster(test);
    const scaler = await startScalerProcess(test, undefined, [...cluster.scalerFlags, '--read-interval', '500ms', '--read-timeout', '4s']); // prettier-ignore
    const keda = client(test, scaler.grpcAddress);
    await becomes(keda, 1);

    const ended = new Promise((resolve) => cluster.exporters[1].child.once('exit', resolve));
    cluster.exporters[1].child.kill('SIGKILL');
    await ended;
    await becomes(keda, 2);
    await cluster.restartExporter();
    await becomes(keda, 1);

    cluster.wire.behave({ hang: true });
    await becomes(keda, 2);
    cluster.wire.behave({ serve: true });
    await becomes(keda, 1);
  });

  it('an API server that is away leaves the last workload for 5 minutes, then nothing; a token that expired, the same', async (test) => {
    const cluster = await startGpuCluster(test);
    const scaler = await startScalerProcess(test, undefined, slowly(cluster));
    const keda = client(test, scaler.grpcAddress);
    await becomes(keda, 1);

    await cluster.api.goDown();
    for (let look = 0; look < 20; look += 1) expect(await asked(keda)).toBe(1);
    await becomes(keda, 'UNAVAILABLE');
    await expect(keda.isActive(byGpu)).rejects.toMatchObject({
      details: expect.stringMatching(/the Kubernetes API was last heard 5m/) as string,
    });
    await cluster.api.comeBack();
    await becomes(keda, 1);

    cluster.api.token = 'second';
    cluster.api.dropWatches();
    await becomes(keda, 'UNAVAILABLE');
    writeFileSync(join(cluster.folder, 'token'), 'second');
    await expect.poll(() => asked(keda), { ...patience, timeout: 180_000 }).toBe(1);
    expect(JSON.stringify(scaler.logs)).not.toMatch(/"(first|second)"|Bearer/);
  });

  it('a Prometheus that is stopped holds the replicas, and is asked again when it is back', async (test) => {
    const cluster = await startGpuCluster(test);
    const prometheus = await ServerProgram.start(prometheusServer, (directory) => {
      writeFileSync(join(directory, 'prometheus.yml'), 'global: { scrape_interval: 1s }\n');
      return Promise.resolve();
    });
    test.onTestFinished(() => prometheus.stop());
    const connections = join(cluster.folder, 'connections.yaml');
    writeFileSync(connections, JSON.stringify({ connections: { gateway: { type: 'prometheus', url: `http://${prometheus.host}`, namespaces: ['inference'] } } })); // prettier-ignore
    const flags = [
      ...cluster.scalerFlags,
      '--connections',
      connections,
      '--read-interval',
      '200ms',
      '--read-timeout',
      '1s',
    ];
    const keda = client(test, (await startScalerProcess(test, undefined, flags)).grpcAddress);
    const byQueue = {
      ...byGpu,
      metadata: { ...always, queueFrom: 'gateway', queueQuery: 'vector(3)', queueTarget: '5' },
    };
    await becomes(keda, 1, byQueue);
    await prometheus.stop();
    await becomes(keda, 2, byQueue);
    await prometheus.start();
    await becomes(keda, 1, byQueue);
  });

  it('one scaler of two costs a client that asks once more nothing; both cost an error, never a zero', async (test) => {
    const cluster = await startGpuCluster(test);
    const ports = [await fixedPorts(), await fixedPorts()] as const;
    const start = (flags: readonly string[]): ReturnType<typeof startScalerProcess> => startScalerProcess(test, undefined, [...cluster.scalerFlags, ...flags]); // prettier-ignore
    const scalers = [await start(ports[0].flags), await start(ports[1].flags)] as const;
    const each = ports.map(({ address }) => client(test, address));
    for (const keda of each) await becomes(keda, 1);
    const both = client(test, `ipv4:${ports.map(({ address }) => address).join(',')}`);

    const answers: (number | string)[] = [];
    let isLoading = true;
    const asking = Array.from({ length: 8 }, async () => {
      while (isLoading) {
        const first = await asked(both);
        answers.push(typeof first === 'number' ? first : await asked(both));
      }
    });
    await expect.poll(() => answers.length, patience).toBeGreaterThan(100);
    const gone = new Promise((resolve) => scalers[0].child.once('exit', resolve));
    scalers[0].child.kill('SIGKILL');
    await gone;
    const before = answers.length;
    await expect.poll(() => answers.length, patience).toBeGreaterThan(before + 200);
    isLoading = false;
    await Promise.all(asking);
    expect(new Set(answers)).toEqual(new Set([1]));

    expect(await scalers[1].stop()).toBe(0);
    for (let look = 0; look < 10; look += 1) expect(await asked(both)).toBe('UNAVAILABLE');
    await start(ports[0].flags);
    await becomes(both, 1);
  });
});

/** Flags for a scaler whose minutes are short. */
function slowly({ scalerFlags }: GpuCluster): string[] {
  const now = Date.now();
  const clock = ['--clock', `${now},${now},${speed}`];
  return [...scalerFlags, ...clock, '--read-interval', '10s', '--read-timeout', '40s'];
}
