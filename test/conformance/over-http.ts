import { systemClock } from '../../src/program/system-clock.ts';
import { createEnginePodsSource } from '../../src/signals/engines/engine-pods.ts';
import type { Scraper } from '../../src/signals/scrape/scraper.ts';
import type { SignalSource } from '../../src/signals/source.ts';
import { pod, workload } from '../support/builders.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import type { SourceUnderTest } from './signal-source.ts';

const head = 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n';
const flood = { head, more: Buffer.alloc(65_536, 'vllm:num_requests_waiting 1\n') };

/** A source that reads an HTTP server on this machine. */
export async function overHttp(
  text: (value: string) => string,
  emptyText: string,
  create: (url: string) => Pick<SourceUnderTest, 'source' | 'close'>,
): Promise<SourceUnderTest> {
  const standIn = await startHttpStandIn({ body: emptyText });
  return {
    ...create(standIn.url),
    workload: workload({ pods: [pod({ address: standIn.server.host })] }),
    server: standIn.server,
    host: standIn.server.host,
    tell: (value) => {
      standIn.answer = () => ({ body: value === undefined ? emptyText : text(value) });
    },
    flood,
    secrets: [],
  };
}

/** What a pod of vLLM shows that says this number of everything. */
export const vllmText = (value: string): string =>
  ['vllm:num_requests_waiting', 'vllm:num_requests_running', 'vllm:kv_cache_usage_perc']
    .map((name) => `# TYPE ${name} gauge\n${name}{model_name="llama",engine="0"} ${value}\n`)
    .join('');

/** The pods of a vLLM, read by this scraper. */
export function vllmPods(scraper: Scraper): SignalSource {
  const origin = { engine: 'vllm', port: 8000, path: '/metrics' } as const;
  return createEnginePodsSource(origin, ['queue', 'running', 'kvCache'], { scraper, clock: systemClock });
}
