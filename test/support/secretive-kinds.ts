import type { TestContext } from 'vitest';
import { AmqpStandIn } from './amqp-stand-in.ts';
import { quoteInAllForms } from './canaries.ts';
import { FaultyServer } from './faulty-server.ts';
import { startHttpStandIn } from './http-stand-in.ts';
import { NatsStandIn } from './nats-stand-in.ts';
import { RedisStandIn } from './redis-stand-in.ts';

export type Settings = Readonly<Record<string, unknown>>;

/** Makes a file with a secret in it, and gives its path. */
type SecretFile = (name: string, text?: string) => string;

/** One way to ask a server with secrets. */
export interface SecretiveKind {
  readonly settings: (file: SecretFile) => Settings;
  /** What a trigger asks. */
  readonly asked: Readonly<Record<string, string>>;
  /** Where a server is; `secure` where it speaks TLS. */
  readonly at: (host: string, secure: boolean) => Settings;
  /** Starts a server that knows nobody and quotes the secrets; answers its host. */
  readonly echo: (test: TestContext, secrets: readonly string[]) => Promise<string>;
}

const basic = (name: string) => (file: SecretFile) => ({ username: 'anna', passwordFile: file(name) });
const url = (plain: string, secured: string) => (host: string, secure: boolean) => ({ url: `${secure ? secured : plain}://${host}` }); // prettier-ignore
const key = { queueFrom: 'here', queueKey: 'todo', queueTarget: '5' };
const query = { queueFrom: 'here', queueQuery: '/a', queueTarget: '5' };

/** Every type of connection, in each way in which it takes secrets. */
export const secretiveKinds: Readonly<Record<string, SecretiveKind>> = {
  prometheus: overHttp('prometheus', (file) => ({ bearerTokenFile: file('prometheus') }), query),
  json: overHttp('http-json', basic('json'), query),
  keda: overHttp('keda-http', basic('keda'), { concurrencyFrom: 'here', concurrencyKey: 'a/b', concurrencyTarget: '5' }), // prettier-ignore
  picker: overHttp('endpoint-picker', (file) => ({ bearerTokenFile: file('picker') }), key),
  management: overHttp('rabbitmq', basic('management'), key),
  sqs: overHttp('sqs', (file) => ({ region: 'eu-central-1', accessKeyIdFile: file('id', 'cnryKEYID'), secretAccessKeyFile: file('sqs'), sessionTokenFile: file('session', 'cnry/session+token==') }), key), // prettier-ignore
  redis: {
    settings: (file) => ({ type: 'redis', ...basic('redis')(file) }),
    asked: key,
    at: url('redis', 'rediss'),
    echo: async (test, secrets) => {
      const redis = await RedisStandIn.start();
      redis.instead.set('auth', `-ERR nobody with ${quoteAll(secrets)}\r\n`);
      return hostOf(test, redis.server);
    },
  },
  amqp: {
    settings: (file) => ({ type: 'rabbitmq', ...basic('amqp')(file) }),
    asked: key,
    at: url('amqp', 'amqps'),
    echo: async (test, [secret = '']) => {
      const amqp = await AmqpStandIn.start();
      amqp.password = 'another';
      amqp.refusal = `PRECONDITION_FAILED - nobody with ${secret} or ${encodeURIComponent(secret)}`;
      return hostOf(test, amqp.server);
    },
  },
  nats: {
    settings: (file) => ({ type: 'nats', ...basic('nats')(file) }),
    asked: { ...key, queueGroup: 'workers' },
    at: url('nats', 'tls'),
    echo: echoNats,
  },
  'nats-token': {
    settings: (file) => ({ type: 'nats', tokenFile: file('nats-token') }),
    asked: { ...key, queueGroup: 'workers' },
    at: url('nats', 'tls'),
    echo: echoNats,
  },
  kafka: {
    settings: (file) => ({ type: 'kafka', ...basic('kafka')(file), mechanism: 'SCRAM-SHA-512' }),
    asked: { ...key, queueGroup: 'workers' },
    at: (host, secure) => ({ brokers: [host], tls: secure }),
    echo: echoBytes,
  },
};

function overHttp(type: string, secrets: SecretiveKind['settings'], asked: SecretiveKind['asked']): SecretiveKind {
  return { settings: (file) => ({ type, ...secrets(file) }), asked, at: url('http', 'https'), echo: echoHttp };
}

async function echoHttp(test: TestContext, secrets: readonly string[]): Promise<string> {
  const { server } = await startHttpStandIn(({ headers, body }) => {
    const said = `nobody with ${quoteAll(secrets)} ${JSON.stringify(headers)} ${body}`;
    return { status: 422, body: JSON.stringify({ status: 'error', error: said, message: said, __type: said }) };
  });
  return hostOf(test, server);
}

async function echoNats(test: TestContext, secrets: readonly string[]): Promise<string> {
  const nats = await NatsStandIn.start();
  nats.password = 'another';
  nats.refusal = `nobody with ${quoteAll(secrets)}`;
  return hostOf(test, nats.server);
}

/** Sends back whatever comes. */
export async function echoBytes(test: TestContext): Promise<string> {
  return hostOf(test, await FaultyServer.start((socket) => void socket.pipe(socket)));
}

function quoteAll(secrets: readonly string[]): string {
  return secrets.map(quoteInAllForms).join(' or ');
}

function hostOf(test: TestContext, server: FaultyServer): string {
  test.onTestFinished(() => server.stop());
  return server.host;
}
