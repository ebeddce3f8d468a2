import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RabbitmqConnection } from '../../src/signals/connections/connections.ts';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { openForTest, readFrom, secretFile } from '../support/open-connections.ts';
import { rabbitmqServer, ServerProgram } from '../support/server-program.ts';

let server: ServerProgram;
let model: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  server = await ServerProgram.start(rabbitmqServer);
  model = await connected();
  channel = await model.createChannel();
  return async () => {
    await model.close().catch(() => undefined);
    await server.stop();
  };
});

/** While the server starts, it listens before it answers. */
async function connected(): Promise<ChannelModel> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const open = await connect(`amqp://guest:guest@${server.host}`).catch(() => undefined);
    if (open) return open.on('error', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('RabbitMQ does not answer');
}

function openAt(url: string, changes: Partial<RabbitmqConnection> = {}): OpenConnection {
  return openForTest({
    ...{ type: 'rabbitmq', name: 'jobs', url: new URL(url), vhost: '/', username: 'guest', namespaces: ['*'] },
    passwordFile: secretFile('guest'),
    ...changes,
  });
}

const overAmqp = (changes = {}): OpenConnection => openAt(`amqp://${server.host}`, changes);
const overHttp = (changes = {}): OpenConnection => openAt(`http://127.0.0.1:${server.otherPort}`, changes);

async function fill(queue: string, ready: number, held: number): Promise<void> {
  await channel.assertQueue(queue, { durable: true });
  for (let i = 0; i < ready + held; i += 1) channel.sendToQueue(queue, Buffer.from('work'));
  for (let taken = 0; taken < held;) if (await channel.get(queue)) taken += 1;
}

describe('a real RabbitMQ', () => {
  it('tells over AMQP what is ready, and over its management API what consumers hold too', async () => {
    await fill('to/do now', 3, 2);
    const amqp = overAmqp();
    const http = overHttp();
    expect((await readFrom(amqp, { key: 'to/do now' }))['queue']).toMatchObject({ state: 'measured', value: 3 });
    expect((await readFrom(amqp, { key: 'to/do now' }))['running']).toMatchObject({ state: 'absent', reason: 'AMQP does not tell what consumers hold; name the management API in the connection "jobs" (http://…:15672)' }); // prettier-ignore
    const told = async (): Promise<unknown> => {
      const all = await readFrom(http, { key: 'to/do now' }, ['queue', 'running', 'concurrency']);
      return Object.values(all).map((one) => (one.state === 'measured' ? one.value : one.reason));
    };
    await expect.poll(told, { timeout: 20_000 }).toEqual([3, 2, 5]);
  });

  it('says what is wrong with a queue, a virtual host or credentials', async () => {
    const { host } = server;
    const http = `127.0.0.1:${server.otherPort}`;
    await expect(readFrom(overAmqp(), { key: 'nothing' })).rejects.toThrow(
      `${host} answered: NOT_FOUND - no queue 'nothing' in vhost '/'`,
    );
    await expect(readFrom(overHttp(), { key: 'nothing' })).rejects.toThrow(
      `${http} has no queue "nothing" in the virtual host "/"`,
    );
    await expect(readFrom(overAmqp({ vhost: 'a/b' }), { key: 'x' })).rejects.toThrow(
      `${host} does not open the virtual host; check vhost, and that username may use it`,
    );
    const wrong = { passwordFile: secretFile('swordfish') };
    await expect(readFrom(overAmqp(wrong), { key: 'x' })).rejects.toThrow(
      `${host} does not know these credentials; check username and passwordFile`,
    );
    await expect(readFrom(overHttp(wrong), { key: 'x' })).rejects.toThrow(
      `${http} answered 401: it does not know these credentials; check username and passwordFile`,
    );
  });

  it('goes on being read after a queue that was not there, on the same connection', async () => {
    await fill('later', 1, 0);
    const amqp = overAmqp();
    await expect(readFrom(amqp, { key: 'nothing' })).rejects.toThrow('NOT_FOUND');
    expect((await readFrom(amqp, { key: 'later' }))['queue']).toMatchObject({ value: 1 });
  });

  it('fails while it is down, and recovers by itself when it is back', async () => {
    await fill('lasting', 0, 0);
    const amqp = overAmqp();
    const value = (): Promise<unknown> => readFrom(amqp, { key: 'lasting' }).then(({ queue }) => queue?.state, (error: unknown) => (error as Error).message); // prettier-ignore
    expect(await value()).toBe('measured');
    await server.stop();
    await expect.poll(value).toBe(`${server.host} refused the connection`);
    await server.start();
    await expect.poll(value, { timeout: 60_000 }).toBe('measured');
  });
});
