import type { Connection } from '../../src/signals/connections/connections.ts';
import type { TlsSettings } from '../../src/signals/connections/settings-parts.ts';
import type { ConnectionOrigin } from '../../src/domain/policy.ts';
import type { SignalName } from '../../src/domain/signal.ts';
import { AmqpStandIn, number } from '../support/amqp-stand-in.ts';
import { startHttpStandIn } from '../support/http-stand-in.ts';
import { NatsStandIn } from '../support/nats-stand-in.ts';
import { openAlone, secretFile } from '../support/open-connections.ts';
import { RedisStandIn } from '../support/redis-stand-in.ts';
import { describeTlsOf } from './connection-tls.ts';
import type { TlsUnderTest } from './connection-tls.ts';

const common = { name: 'jobs', namespaces: ['*'] };

/** Opens sources of one signal by connections that `connect` describes. */
function opener(
  connect: (port: number, tls: TlsSettings) => Connection,
  asked: Omit<ConnectionOrigin, 'kind' | 'connection'>,
  signal: SignalName,
): TlsUnderTest['open'] {
  return (port, tls) => {
    const open = openAlone(connect(port, tls));
    return { source: open.source({ kind: 'connection', connection: 'jobs', ...asked }, [signal]), close: open.close };
  };
}

async function overHttp(body: string, open: TlsUnderTest['open']): Promise<TlsUnderTest> {
  const { server } = await startHttpStandIn({ body });
  return { targetPort: server.port, open, close: () => server.stop() };
}

const vector = '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"3"]}]}}';
describeTlsOf('prometheus', () =>
  overHttp(
    vector,
    opener(
      (port, tls) => ({ ...common, type: 'prometheus', url: new URL(`https://127.0.0.1:${port}`), ...tls }),
      { query: 'up' },
      'queue',
    ),
  ),
);

describeTlsOf('keda-http', () =>
  overHttp(
    '{"a/b":{"Concurrency":3}}',
    opener(
      (port, tls) => ({ ...common, type: 'keda-http', url: new URL(`https://127.0.0.1:${port}`), ...tls }),
      { key: 'a/b' },
      'concurrency',
    ),
  ),
);

describeTlsOf('redis', async () => {
  const { server, keys } = await RedisStandIn.start();
  keys.set('todo', { list: 3 });
  return {
    targetPort: server.port,
    open: opener(
      (port, tls) => ({ ...common, type: 'redis', url: new URL(`rediss://127.0.0.1:${port}`), ...tls }),
      { key: 'todo' },
      'queue',
    ),
    close: () => server.stop(),
  };
});

describeTlsOf('rabbitmq over AMQP', async () => {
  const amqp = await AmqpStandIn.start();
  amqp.counts = Buffer.concat([number(4, 3), number(4, 0)]);
  const access = { vhost: '/', username: 'anna', passwordFile: secretFile('swordfish') };
  return {
    targetPort: amqp.server.port,
    open: opener(
      (port, tls) => ({ ...common, type: 'rabbitmq', url: new URL(`amqps://127.0.0.1:${port}`), ...access, ...tls }),
      { key: 'todo' },
      'queue',
    ),
    close: () => amqp.server.stop(),
  };
});

describeTlsOf('nats', async () => {
  const nats = await NatsStandIn.start();
  nats.password = 'swordfish';
  nats.answer = '{"stream_name":"JOBS","name":"workers","config":{},"num_pending":3,"num_ack_pending":0}';
  const access = { username: 'anna', passwordFile: secretFile('swordfish') };
  return {
    targetPort: nats.server.port,
    afterLine: (line) => line.replace('{', '{"tls_required":true,'),
    open: opener(
      (port, tls) => ({ ...common, type: 'nats', url: new URL(`tls://127.0.0.1:${port}`), ...access, ...tls }),
      { key: 'JOBS', group: 'workers' },
      'queue',
    ),
    close: () => nats.server.stop(),
  };
});
