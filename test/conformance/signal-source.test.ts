import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/program/system-clock.ts';
import type { RedisConnection } from '../../src/signals/connections/connections.ts';
import { createEnginePodsSource } from '../../src/signals/engines/engine-pods.ts';
import { pilotlightDialect } from '../../src/signals/exporters/dialect.ts';
import { ExporterFleet } from '../../src/signals/exporters/exporter-fleet.ts';
import { createExporterGpusSource } from '../../src/signals/exporters/exporter-gpus.ts';
import { createHttpTextClient } from '../../src/signals/http/http-text.ts';
import { createPrometheusSource } from '../../src/signals/prometheus.ts';
import { RedisClient } from '../../src/signals/redis/redis-client.ts';
import { createRedisSource } from '../../src/signals/redis/redis.ts';
import { pod, workload } from '../support/builders.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import { RedisStandIn } from '../support/redis-stand-in.ts';
import { describeSignalSource } from './signal-source.ts';
import type { SourceUnderTest } from './signal-source.ts';

const secret = 'correct-horse-battery-staple';
const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n';
const hugeText = Buffer.concat([Buffer.from(head), Buffer.alloc(17 * 1_048_576, 'vllm:num_requests_waiting 1\n')]);

function secretFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'pilotlight-')), 'secret');
  writeFileSync(file, `${secret}\n`);
  return file;
}

async function overHttp(
  text: (value: string) => string,
  emptyText: string,
  createSource: (url: string, http: ReturnType<typeof createHttpTextClient>) => SourceUnderTest['source'],
): Promise<SourceUnderTest> {
  const standIn = await startHttpStandIn({ body: emptyText });
  const http = createHttpTextClient();
  return {
    source: createSource(standIn.url, http),
    workload: workload({ pods: [pod({ address: standIn.server.host })] }),
    server: standIn.server,
    host: standIn.server.host,
    tell: (value) => {
      standIn.answer = () => ({ body: value === undefined ? emptyText : text(value) });
    },
    hugeAnswer: hugeText,
    secrets: [secret],
    close: () => http.close(),
  };
}

const vllmText = (value: string): string =>
  ['vllm:num_requests_waiting', 'vllm:num_requests_running', 'vllm:kv_cache_usage_perc']
    .map((name) => `# TYPE ${name} gauge\n${name}{model_name="llama",engine="0"} ${value}\n`)
    .join('');

describeSignalSource('vllm pods', () =>
  overHttp(vllmText, '# nothing here\n', (_, http) =>
    createEnginePodsSource({ engine: 'vllm', port: 8000, path: '/metrics' }, ['queue', 'running', 'kvCache'], {
      http,
      clock: systemClock,
    }),
  ),
);

const gpuLabels = '{namespace="inference",pod="llama-0",container="vllm",uuid="GPU-1",attribution="exclusive"}';
const gpuText = (value: string): string =>
  [
    `pilotlight_pod_gpu_memory_total_bytes${gpuLabels} 1\n`,
    `pilotlight_pod_gpu_memory_used_bytes${gpuLabels} ${value}\n`,
    `pilotlight_pod_gpu_utilization_ratio${gpuLabels} ${value}\n`,
  ].join('');

describeSignalSource('the exporters', () =>
  overHttp(gpuText, '# nothing here\n', (url, http) => {
    const fleet = new ExporterFleet({
      dialect: pilotlightDialect,
      targets: [url],
      http,
      clock: systemClock,
      timeoutMs: 300,
      maxAgeMs: 0,
    });
    return createExporterGpusSource(['gpuMemory', 'gpuUtilization'], fleet);
  }),
);

const result = (series: unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'vector', result: series } });

describeSignalSource('prometheus', () =>
  overHttp(
    (value) => result([{ metric: {}, value: [1_700_000_000.1, value] }]),
    result([]),
    (url, http) =>
      createPrometheusSource(
        { type: 'prometheus', name: 'gateway', url: new URL(url), bearerTokenFile: secretFile(), namespaces: ['*'] },
        'sum(queue)',
        ['queue', 'requestRate'],
        http,
      ),
  ),
);

/** XINFO GROUPS with one group, whose numbers are whole where Redis has a form for them and texts elsewhere. */
function groupTelling(value: string): string {
  const number = /^-?\d+$/.test(value) ? `:${value}\r\n` : `$${value.length}\r\n${value}\r\n`;
  return `*1\r\n*6\r\n$4\r\nname\r\n$7\r\nworkers\r\n$7\r\npending\r\n${number}$3\r\nlag\r\n${number}`;
}

describeSignalSource('redis', async () => {
  const redis = await RedisStandIn.start();
  redis.password = secret;
  const connection: RedisConnection = { type: 'redis', name: 'jobs', url: new URL(redis.url), passwordFile: secretFile(), namespaces: ['*'] }; // prettier-ignore
  const client = new RedisClient(connection);
  return {
    source: createRedisSource({ connection: 'jobs', key: 'todo', group: 'workers' }, ['queue', 'running'], client),
    workload: workload(),
    server: redis.server,
    host: redis.server.host,
    tell: (value) => {
      redis.keys.clear();
      redis.instead.clear();
      if (value === undefined) return;
      if (/^\d+$/.test(value))
        redis.keys.set('todo', { stream: [{ name: 'workers', pending: Number(value), lag: Number(value) }] }); // prettier-ignore
      else redis.instead.set('type', '+stream\r\n').set('xinfo', groupTelling(value));
    },
    hugeAnswer: Buffer.concat([
      Buffer.from('+OK\r\n$17825792\r\n'),
      Buffer.alloc(17_825_792, 'a'),
      Buffer.from('\r\n'),
    ]),
    secrets: [secret],
    close: () => client.close(),
  };
});
