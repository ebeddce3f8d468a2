import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { beforeAll } from 'vitest';
import { freePort } from '../../src/program/child.ts';
import { describeSignalSource } from '../conformance/signal-source.ts';
import { workload } from '../support/builders.ts';
import { FaultyServer } from '../support/faulty-server.ts';
import { kafkaUser, startKafka } from '../support/kafka-server.ts';
import { openAlone, secretFile } from '../support/open-connections.ts';

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
  const producer = new Producer({ ...client, serializers: stringSerializers });
  await producer.send({ messages: Array.from({ length: messages }, () => ({ topic: 'todo', key: 'k', value: 'work' })) }); // prettier-ignore
  await producer.close();
  return async () => {
    await admin.close();
    await server.stop();
  };
}, 180_000);

function passOn(socket: Socket): void {
  const broker = connect(brokerPort, '127.0.0.1');
  broker.on('error', () => socket.destroy());
  socket.on('close', () => broker.destroy());
  socket.pipe(broker);
  broker.on('data', (chunk) => socket.write(chunk)).on('end', () => socket.end());
}

let tests = 0;

describeSignalSource('kafka', async () => {
  const server = await FaultyServer.start(passOn, { port });
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
      if (value === undefined) return;
      // A lag is a difference, and what is no number of messages can only be a negative one.
      const lag = /^\d+$/.test(value) ? Number(value) : -1;
      const partitionOffsets = [{ partition: 0, offset: BigInt(messages - lag) }];
      await admin.alterConsumerGroupOffsets({ groupId: group, topics: [{ name: 'todo', partitionOffsets }] });
    },
    refuse: () => writeFileSync(passwordFile, wrong),
    strideBytes: 29,
    flood: { head: Buffer.from([29, 205, 101, 0]), more: Buffer.alloc(65_536) },
    secrets: [kafkaUser.password, wrong],
    close: () => open.close(),
  };
});
