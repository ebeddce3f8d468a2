import { systemClock } from '../../src/program/system-clock.ts';
import { pilotlightDialect } from '../../src/signals/exporters/dialect.ts';
import { ExporterFleet } from '../../src/signals/exporters/exporter-fleet.ts';
import { createExporterGpusSource } from '../../src/signals/exporters/exporter-gpus.ts';
import { createHttpTextClient } from '../../src/signals/http/http-text.ts';
import { DirectScraper } from '../../src/signals/scrape/direct-scraper.ts';
import { overHttp, vllmPods, vllmText } from './over-http.ts';
import { describeSignalSource } from './signal-source.ts';

describeSignalSource('vllm pods', () =>
  overHttp(vllmText, '# nothing here\n', () => {
    const scraper = new DirectScraper();
    return { source: vllmPods(scraper), close: () => scraper.close() };
  }),
);

const gpuLabels = '{namespace="inference",pod="llama-0",container="vllm",uuid="GPU-1",attribution="exclusive"}';
const gpuText = (value: string): string =>
  [
    `pilotlight_pod_gpu_memory_total_bytes${gpuLabels} 1\n`,
    `pilotlight_pod_gpu_memory_used_bytes${gpuLabels} ${value}\n`,
    `pilotlight_pod_gpu_utilization_ratio${gpuLabels} ${value}\n`,
  ].join('');

describeSignalSource('the exporters', () =>
  overHttp(gpuText, '# nothing here\n', (url) => {
    const http = createHttpTextClient();
    const fleet = new ExporterFleet({
      dialect: pilotlightDialect,
      targets: [url],
      http,
      clock: systemClock,
      timeoutMs: 300,
      maxAgeMs: 0,
    });
    return { source: createExporterGpusSource(['gpuMemory', 'gpuUtilization'], fleet), close: () => http.close() };
  }),
);
