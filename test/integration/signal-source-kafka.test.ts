import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/program/child.ts';
import { describeTlsOf } from '../conformance/connection-tls.ts';
import { describeSignalSource } from '../conformance/signal-source.ts';
import { number } from '../support/amqp-stand-in.ts';
import { workload } from '../support/builders.ts';
import { FaultyServer } from '../support/faulty-server.ts';
import { kafkaUser, startKafka } from '../support/kafka-server.ts';
import { openAlone, openForTest, readFrom, secretFile } from '../support/open-connections.ts';

/** Against a real broker, behind something that misbehaves: nobody's stand-in speaks Kafka's protocol. */
const messages = 100;
const wrong = 'incorrect-horse-battery-staple';
let admin: Admin;
let brokerPort = 0;
let port = 0;

beforeAll(async () => {
  [brokerPort, port] = [await freePort(), await freePort()];
  const server = await startKafka({ port: brokerPort, advertisedPort: port });
  const client = { clientId: 'test', bootstrapBrokers: [server.host], retries: 20, retryDelay: 250 };
  admin = new Admin(client);
  await admin.createTopics({ topics: ['todo'], partitions: 1, replicas: 1 });
  const producer = new Producer({ ...client, serializers: stringSerializers, idempotent: true });
  await producer.send({ messages: Array.from({ length: messages }, () => ({ topic: 'todo', key: 'k', value: 'work' })) }); // prettier-ignore
  await producer.close();
  await fallBehind('secured', 3);
  return async () => {
    await admin.close();
    await server.stop();
  };
}, 180_000);

function passOn(socket: Socket, change = (chunk: Buffer): Buffer => chunk): void {
  const broker = connect(brokerPort, '127.0.0.1');
  broker.on('error', () => socket.destroy());
  socket.on('close', () => broker.destroy());
  socket.pipe(broker);
  broker.on('data', (chunk: Buffer) => socket.write(change(chunk))).on('end', () => socket.end());
}

function replace(chunk: Buffer, before: Buffer, after: Buffer): Buffer {
  const at = chunk.indexOf(before);
  return at < 0 ? chunk : Buffer.concat([chunk.subarray(0, at), after, replace(chunk.subarray(at + before.length), before, after)]); // prettier-ignore
}

async function fallBehind(groupId: string, messagesBehind: number): Promise<void> {
  const partitionOffsets = [{ partition: 0, offset: BigInt(messages - messagesBehind) }];
  await admin.alterConsumerGroupOffsets({ groupId, topics: [{ name: 'todo', partitionOffsets }] });
}

let tests = 0;

describeSignalSource('kafka', async () => {
  const server = await FaultyServer.start((socket) => passOn(socket), { port });
  const group = `workers-${(tests += 1)}`;
  const passwordFile = secretFile(kafkaUser.password);
  const open = openAlone({
    ...{ type: 'kafka', name: 'jobs', brokers: [{ host: '127.0.0.1', port }], tls: false, namespaces: ['*'] },
    ...{ username: kafkaUser.username, passwordFile },
  });
  return {
    source: open.source({ kind: 'connection', connection: 'jobs', key: 'todo', group }, ['queue', 'concurrency']),
    workload: workload(),
    server,
    host: server.host,
    tell: async (value) => {
      // A lag is a difference, and what is no number of messages can only be a negative one.
      if (value !== undefined) await fallBehind(group, /^\d+$/.test(value) ? Number(value) : -1);
    },
    refuse: () => writeFileSync(passwordFile, wrong),
    strideBytes: 29,
    flood: { head: Buffer.from([29, 205, 101, 0]), more: Buffer.alloc(65_536) },
    secrets: [kafkaUser.password, wrong],
    close: () => open.close(),
  };
});

describeTlsOf('kafka', () =>
  Promise.resolve({
    targetPort: brokerPort,
    frontPort: port,
    open: (at, tls) => {
      const open = openAlone({
        ...{ type: 'kafka', name: 'jobs', brokers: [{ host: '127.0.0.1', port: at }], tls: true, namespaces: ['*'] },
        ...{ username: kafkaUser.username, passwordFile: secretFile(kafkaUser.password), ...tls },
      });
      const asked = { kind: 'connection', connection: 'jobs', key: 'todo', group: 'secured' } as const;
      return { source: open.source(asked, ['queue']), close: () => open.close() };
    },
    close: () => undefined,
  }),
);

describe('a broker that names others', () => {
  it.each([
    [
      'that are link-local',
      () => Buffer.from('127.0.0.1'),
      () => Buffer.from('fe80::1:2'),
      'leads to fe80::1:2, a link-local or metadata address, which connections may not use',
    ],
    ['with a port that is none', () => number(4, port), () => number(4, 99_999), 'failed with ERR_SOCKET_BAD_PORT'],
  ])('ends no program and is not followed: %s', async (_, before, after, reason) => {
    const server = await FaultyServer.start((socket) => passOn(socket, (chunk) => replace(chunk, before(), after())), {
      port,
    });
    onTestFinished(() => server.stop());
    const open = openForTest({
      ...{ type: 'kafka', name: 'jobs', brokers: [{ host: '127.0.0.1', port }], tls: false, namespaces: ['*'] },
      ...{ username: kafkaUser.username, passwordFile: secretFile(kafkaUser.password) },
    });
    await expect(readFrom(open, { key: 'todo', group: 'secured' })).rejects.toThrow(`${server.host} ${reason}`);
  });
});

describe('a Kafka', () => {
  const openAs = (host: string, passwordFile: string) =>
    openForTest({
      ...{ type: 'kafka', name: 'jobs', brokers: [{ host, port }], tls: false, namespaces: ['*'] },
      ...{ username: kafkaUser.username, passwordFile },
    });
  const asked = { key: 'todo', group: 'secured' };

  it('is asked with a password that was replaced, without being opened again', async () => {
    const server = await FaultyServer.start((socket) => passOn(socket), { port });
    onTestFinished(() => server.stop());
    const passwordFile = secretFile(wrong);
    const open = openAs('127.0.0.1', passwordFile);
    await expect(readFrom(open, asked)).rejects.toThrow(
      `${server.host} does not know these credentials; check username, passwordFile and mechanism`,
    );
    writeFileSync(passwordFile, kafkaUser.password);
    expect((await readFrom(open, asked))['queue']).toMatchObject({ state: 'measured', value: 3 });
  });

  it('is not asked where a name leads to a metadata address', async () => {
    await expect(readFrom(openAs('2852039166', secretFile(kafkaUser.password)), asked)).rejects.toThrow(
      `2852039166:${port} leads to 169.254.169.254, a link-local or metadata address, which connections may not use`,
    );
  });
});
