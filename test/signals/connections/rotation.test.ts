import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ConnectionOrigin } from '../../../src/domain/policy.ts';
import type { Connection } from '../../../src/signals/connections/connections.ts';
import { AmqpStandIn } from '../../support/amqp-stand-in.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import { NatsStandIn } from '../../support/nats-stand-in.ts';
import { openForTest, readFrom, secretFile } from '../../support/open-connections.ts';
import { RedisStandIn } from '../../support/redis-stand-in.ts';

/** A server that lets in who has the secret, and a connection that has it from the file. */
interface Guarded {
  readonly connection: Connection;
  readonly asked: Omit<ConnectionOrigin, 'kind' | 'connection'>;
  /** From now on another secret is asked for, also of those who are connected. */
  readonly expect: (secret: string) => void;
}

const common = { name: 'jobs', namespaces: ['*'] };

async function overHttp(
  header: (secret: string) => string,
  connection: (url: URL) => Connection,
  asked: Guarded['asked'],
  body: string,
): Promise<Guarded> {
  let wanted = header('first');
  const standIn = await startHttpStandIn(({ headers }) =>
    headers.authorization === wanted ? { body } : { status: 401, body: '' },
  );
  onTestFinished(() => standIn.server.stop());
  return { connection: connection(new URL(standIn.url)), asked, expect: (secret) => (wanted = header(secret)) };
}

const bearer = (secret: string): string => `Bearer ${secret}`;
const basic = (secret: string): string => `Basic ${Buffer.from(`anna:${secret}`).toString('base64')}`;
const kinds: Readonly<Record<string, (file: string) => Promise<Guarded>>> = {
  'a bearer token of Prometheus': (bearerTokenFile) =>
    overHttp(
      bearer,
      (url) => ({ ...common, type: 'prometheus', url, bearerTokenFile }),
      { query: 'up' },
      '{"status":"success","data":{"resultType":"scalar","result":[1,"3"]}}',
    ),
  'a password over HTTP': (passwordFile) =>
    overHttp(
      basic,
      (url) => ({ ...common, type: 'http-json', url, username: 'anna', passwordFile }),
      { query: '' },
      '3',
    ),
  "a password of RabbitMQ's management API": (passwordFile) =>
    overHttp(
      basic,
      (url) => ({ ...common, type: 'rabbitmq', url, vhost: '/', username: 'anna', passwordFile }),
      { key: 'todo' },
      '{"messages_ready":3}',
    ),
  'a password of an interceptor': (passwordFile) =>
    overHttp(
      basic,
      (url) => ({ ...common, type: 'keda-http', url, username: 'anna', passwordFile }),
      { key: 'a/b' },
      '{"a/b":{"Concurrency":3}}',
    ),
  'a token of an endpoint picker': (bearerTokenFile) =>
    overHttp(
      bearer,
      (url) => ({ ...common, type: 'endpoint-picker', url, bearerTokenFile }),
      { key: 'p' },
      'llm_d_epp_average_queue_size{name="p"} 3\nllm_d_epp_ready_endpoints{name="p"} 1\n',
    ),
  'a password of Redis': async (passwordFile) => {
    const redis = await RedisStandIn.start();
    onTestFinished(() => redis.server.stop());
    redis.keys.set('todo', { list: 3 });
    const change = (secret: string): void => {
      redis.password = secret;
      redis.server.hangUp();
    };
    return {
      connection: { ...common, type: 'redis', url: new URL(redis.url), passwordFile },
      asked: { key: 'todo' },
      expect: change,
    };
  },
  'a password of RabbitMQ over AMQP': async (passwordFile) => {
    const amqp = await AmqpStandIn.start();
    onTestFinished(() => amqp.server.stop());
    const change = (secret: string): void => {
      amqp.password = secret;
      amqp.server.hangUp();
    };
    const url = new URL(`amqp://${amqp.server.host}`);
    return {
      connection: { ...common, type: 'rabbitmq', url, vhost: '/', username: 'anna', passwordFile },
      asked: { key: 'todo' },
      expect: change,
    };
  },
  'a password of NATS': async (passwordFile) => {
    const nats = await NatsStandIn.start();
    onTestFinished(() => nats.server.stop());
    nats.answer = '{"stream_name":"S","name":"c","config":{},"num_pending":3,"num_ack_pending":0}';
    const change = (secret: string): void => {
      nats.password = secret;
      nats.server.hangUp();
    };
    const url = new URL(`nats://${nats.server.host}`);
    return {
      connection: { ...common, type: 'nats', url, username: 'anna', passwordFile },
      asked: { key: 'S', group: 'c' },
      expect: change,
    };
  },
};

describe('a secret that is replaced counts without a restart', () => {
  it.each(Object.entries(kinds))('%s', async (_, start) => {
    const file = secretFile('first');
    const { connection, asked, expect: change } = await start(file);
    change('first');
    const open = openForTest(connection);
    const signal = connection.type === 'keda-http' ? 'concurrency' : 'queue';
    const state = (): Promise<string> =>
      readFrom(open, asked, [signal]).then(
        (told) => told[signal]?.state ?? '',
        (error: unknown) => (error as Error).message,
      );
    expect(await state()).toBe('measured');

    change('second');
    await expect.poll(state).toMatch(/ (check|give) /);
    writeFileSync(file, 'second\n');
    await expect.poll(state).toBe('measured');
  });
});
