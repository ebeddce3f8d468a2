import { systemClock } from '../../src/program/system-clock.ts';
import { createEnginePodsSource } from '../../src/signals/engines/engine-pods.ts';
import { pilotlightDialect } from '../../src/signals/exporters/dialect.ts';
import { ExporterFleet } from '../../src/signals/exporters/exporter-fleet.ts';
import { createExporterGpusSource } from '../../src/signals/exporters/exporter-gpus.ts';
import { createHttpTextClient } from '../../src/signals/http/http-text.ts';
import { pod, workload } from '../support/builders.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import { describeSignalSource } from './signal-source.ts';
import type { SourceUnderTest } from './signal-source.ts';

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n';
const hugeText = Buffer.concat([Buffer.from(head), Buffer.alloc(17 * 1_048_576, 'vllm:num_requests_waiting 1\n')]);

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
    secrets: [],
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
