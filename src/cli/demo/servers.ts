import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A stand-in on a loopback port of its own. */
export interface LocalServer {
  readonly port: number;
  close(): void;
}

/** What a vLLM pod's `/metrics` says of the request signals. */
interface EngineLoad {
  readonly running: number;
  readonly slots: number;
}

/** Answers as the metrics page of a vLLM server does, for one pod. */
export function serveEngine(load: () => EngineLoad): Promise<LocalServer> {
  return listen((_request, response) => {
    const { running, slots } = load();
    const labels = '{model_name="llama-70b",engine="0"}';
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(
      [
        '# TYPE vllm:num_requests_running gauge',
        `vllm:num_requests_running${labels} ${running}`,
        '# TYPE vllm:num_requests_waiting gauge',
        `vllm:num_requests_waiting${labels} 0`,
        '# TYPE vllm:kv_cache_usage_perc gauge',
        `vllm:kv_cache_usage_perc${labels} ${(0.9 * running) / slots}`,
        '',
      ].join('\n'),
    );
  });
}

/**
 * Answers as a Prometheus that scrapes the gateway: whatever is asked, the number of requests that wait there. While
 * `waiting` says undefined the server answers 503, as one does that is starting or out of memory.
 */
export function serveGateway(nowMs: () => number, waiting: () => number | undefined): Promise<LocalServer> {
  return listen((request, response) => {
    request.resume();
    const value = waiting();
    if (value === undefined) {
      response.statusCode = 503;
      response.end('Service Unavailable');
      return;
    }
    const result = [{ metric: { model: 'llama-70b' }, value: [nowMs() / 1_000, String(value)] }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
}

async function listen(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, close };
}
