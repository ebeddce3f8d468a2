import { Admin, Producer, stringSerializers } from '@platformatic/kafka';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { startKafka } from '../support/kafka-server.ts';
import { openForTest, readFrom } from '../support/open-connections.ts';
import type { ServerProgram } from '../support/server-program.ts';

let server: ServerProgram;
let admin: Admin;
const client = () => ({ clientId: 'test', bootstrapBrokers: [server.host], retries: 20, retryDelay: 250 });

beforeAll(async () => {
  server = await startKafka();
  admin = new Admin(client());
  await admin.createTopics({ topics: ['jobs'], partitions: 3, replicas: 1 });
  const producer = new Producer({ ...client(), serializers: stringSerializers, idempotent: true });
  const messages = [0, 0, 0, 0, 1, 1, 2].map((partition) => ({ topic: 'jobs', partition, key: 'k', value: 'work' }));
  await producer.send({ messages });
  await producer.close();
  return async () => {
    await admin.close();
    await server.stop();
  };
}, 180_000);

function open(): OpenConnection {
  const brokers = [{ host: '127.0.0.1', port: server.port }];
  return openForTest({ type: 'kafka', name: 'jobs', brokers, tls: false, namespaces: ['*'] });
}

const commit = (partitionOffsets: { partition: number; offset: bigint }[]): Promise<void> =>
  admin.alterConsumerGroupOffsets({ groupId: 'workers', topics: [{ name: 'jobs', partitionOffsets }] });

describe('a real Kafka', () => {
  const asked = { key: 'jobs', group: 'workers' };

  it('says that a group that has committed nothing is not known, unless it is said where it begins', async () => {
    const jobs = open();
    const queue = () => readFrom(jobs, { ...asked, group: 'new' }).then((told) => told['queue'], () => undefined); // prettier-ignore
    // The first question of all makes Kafka make the place where it keeps what groups have committed.
    await expect.poll(queue, { timeout: 60_000 }).toMatchObject({
      state: 'absent',
      reason: 'group "new" has committed nothing in 3 of 3 partitions of "jobs"; say with queueMode where its consumers begin: earliest or latest', // prettier-ignore
    });
    const lag = async (mode: 'earliest' | 'latest') =>
      (await readFrom(jobs, { ...asked, group: 'new', mode }))['queue'];
    expect(await lag('earliest')).toMatchObject({ state: 'measured', value: 7, mostReplicas: 3 });
    expect(await lag('latest')).toMatchObject({ state: 'measured', value: 0 });
  });

  it('tells how far a group is behind, and that what runs is part of it', async () => {
    const jobs = open();
    await commit([
      { partition: 0, offset: 1n },
      { partition: 1, offset: 2n },
      { partition: 2, offset: 0n },
    ]);
    const told = await readFrom(jobs, asked, ['queue', 'running', 'concurrency']);
    expect(told['queue']).toMatchObject({ state: 'measured', value: 4, mostReplicas: 3 });
    expect(told['concurrency']).toMatchObject({ state: 'measured', value: 4 });
    expect(told['running']).toMatchObject({ state: 'absent' });
  });

  it('says what is wrong with a topic', async () => {
    await expect(readFrom(open(), { ...asked, key: 'none' })).rejects.toThrow(
      `${server.host} has no such topic; check queueKey`,
    );
  });

  it('fails while it is down, and recovers by itself when it is back', async () => {
    const jobs = open();
    const state = (): Promise<unknown> => readFrom(jobs, asked).then(({ queue }) => queue?.state, (error: unknown) => (error as Error).message); // prettier-ignore
    expect(await state()).toBe('measured');
    await server.stop();
    await expect.poll(state, { timeout: 30_000 }).toBe(`${server.host} refused the connection`);
    // Whoever connects somewhere may have been given one of its ports meanwhile, for a moment.
    await expect.poll(() => server.start().then(() => 'started', String), { timeout: 90_000 }).toBe('started');
    await expect.poll(state, { timeout: 90_000 }).toBe('measured');
  });
});
