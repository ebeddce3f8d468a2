import { secretFile } from '../support/open-connections.ts';
import { sourceOverHttp } from '../support/source-over-http.ts';
import { describeSignalSource } from './signal-source.ts';

const secret = 'correct-horse-battery-staple';
const namespaces = ['*'];
const token = () => ({ name: 'jobs', bearerTokenFile: secretFile(secret), namespaces });
const password = () => ({ name: 'jobs', username: 'anna', passwordFile: secretFile(secret), namespaces });
const secrets = [secret, Buffer.from(`anna:${secret}`).toString('base64')];

const result = (resultType: string, series: unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType, result: series } });

describeSignalSource('prometheus', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'prometheus', url, ...token() }),
    asked: { query: 'sum(queue)' },
    signals: ['queue', 'requestRate'],
    text: (value) => result('vector', [{ metric: {}, value: [1_700_000_000.1, value] }]),
    emptyText: result('vector', []),
    secrets,
  }),
);

describeSignalSource('prometheus with a lookback', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'prometheus', url, lookback: 60_000, ...password() }),
    asked: { query: 'sum(queue)' },
    signals: ['queue'],
    text: (value) => result('matrix', [{ metric: {}, values: [[1_700_000_000.1, '7'], [1_700_000_003.1, value]] }]), // prettier-ignore
    emptyText: result('matrix', []),
    strideBytes: 7,
    secrets,
  }),
);

describeSignalSource('the management API of rabbitmq', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'rabbitmq', url, vhost: '/', ...password() }),
    asked: { key: 'todo' },
    signals: ['queue', 'running'],
    text: (value) => `{"name":"todo","messages_ready":${value},"messages_unacknowledged":${value}}`,
    emptyText: '{"name":"todo","state":"running"}',
    strideBytes: 7,
    secrets,
  }),
);

describeSignalSource('http-json', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'http-json', url, ...token() }),
    asked: { query: '/jobs/0/waiting' },
    signals: ['queue', 'requestRate'],
    text: (value) => `{"jobs":[{"waiting":${value}}]}`,
    emptyText: '{"jobs":[]}',
    strideBytes: 7,
    secrets,
  }),
);

describeSignalSource('the interceptors of keda-http', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'keda-http', url, ...token() }),
    asked: { key: 'inference/llama' },
    signals: ['concurrency'],
    text: (value) => `{"inference/llama":{"Concurrency":${value},"RequestCount":9}}`,
    emptyText: '{"inference/other":{"Concurrency":3,"RequestCount":9}}',
    strideBytes: 7,
    secrets,
  }),
);

describeSignalSource('an endpoint picker', () =>
  sourceOverHttp({
    connection: (url) => ({ type: 'endpoint-picker', url, ...token() }),
    asked: { key: 'pool' },
    signals: ['queue', 'running', 'kvCache'],
    text: (value) =>
      ['average_queue_size', 'average_running_requests', 'average_kv_cache_utilization']
        .map((name) => `llm_d_epp_${name}{name="pool"} ${value}\n`)
        .concat('llm_d_epp_ready_endpoints{name="pool"} 1\n')
        .join(''),
    emptyText: 'llm_d_epp_ready_endpoints{name="pool"} 1\n',
    strideBytes: 7,
    secrets,
  }),
);
