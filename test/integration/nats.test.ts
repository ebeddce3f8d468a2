import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import { beforeAll, describe, expect, it } from 'vitest';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { openForTest, readFrom, secretFile } from '../support/open-connections.ts';
import { natsServer, ServerProgram } from '../support/server-program.ts';

let server: ServerProgram;
let writer: NatsConnection;

beforeAll(async () => {
  server = await ServerProgram.start(natsServer);
  writer = await connect({ servers: server.host, user: 'reader', pass: 'swordfish', maxReconnectAttempts: -1, reconnectTimeWait: 50 }); // prettier-ignore
  const manager = await jetstreamManager(writer);
  await manager.streams.add({ name: 'JOBS', subjects: ['jobs.*'] });
  await manager.consumers.add('JOBS', { durable_name: 'workers', ack_policy: 'explicit' });
  return async () => {
    await writer.close();
    await server.stop();
  };
});

function open(password = 'swordfish'): OpenConnection {
  const url = new URL(`nats://${server.host}`);
  return openForTest({ type: 'nats', name: 'jobs', url, username: 'reader', passwordFile: secretFile(password), namespaces: ['*'] }); // prettier-ignore
}

const asked = { key: 'JOBS', group: 'workers' };

describe('a real NATS', () => {
  it('tells what a consumer has still to be given, and what it has not acknowledged', async () => {
    const jobs = open();
    const values = async (): Promise<unknown[]> =>
      Object.values(await readFrom(jobs, asked, ['queue', 'running', 'concurrency'])).map((one) => one.state === 'measured' && one.value); // prettier-ignore
    expect(await values()).toEqual([0, 0, 0]);
    const stream = jetstream(writer);
    for (let job = 0; job < 5; job += 1) await stream.publish('jobs.new', 'work');
    const messages = await (await stream.consumers.get('JOBS', 'workers')).fetch({ max_messages: 2, expires: 5_000 });
    const taken = [];
    for await (const message of messages) taken.push(message);
    expect(await values()).toEqual([3, 2, 5]);
    for (const message of taken) await message.ackAck();
    expect(await values()).toEqual([3, 0, 3]);
  });

  it('says what is wrong with a stream, a consumer or credentials', async () => {
    const jobs = open();
    await expect(readFrom(jobs, { ...asked, key: 'NONE' })).rejects.toThrow(
      `${server.host} has no such stream; check queueKey`,
    );
    await expect(readFrom(jobs, { ...asked, group: 'none' })).rejects.toThrow(
      `${server.host} has no such consumer in this stream; check queueGroup`,
    );
    await expect(readFrom(open('wrong'), asked)).rejects.toThrow(
      `${server.host} does not know these credentials; check username and passwordFile, tokenFile or credsFile`,
    );
  });

  it('fails while it is down, and recovers by itself when it is back', async () => {
    const jobs = open();
    const state = (): Promise<unknown> => readFrom(jobs, asked).then(({ queue }) => queue?.state, (error: unknown) => (error as Error).message); // prettier-ignore
    expect(await state()).toBe('measured');
    await server.stop();
    await expect.poll(state).toBe(`${server.host} refused the connection`);
    await server.start();
    await expect.poll(state, { timeout: 30_000 }).toBe('measured');
  });
});
