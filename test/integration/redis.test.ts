import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/domain/reading.ts';
import type { RedisConnection } from '../../src/signals/connections/connections.ts';
import type { OpenConnection } from '../../src/signals/connections/open-connection.ts';
import { SignalRunner } from '../../src/signals/runner.ts';
import type { Measurement } from '../../src/signals/source.ts';
import { workload } from '../support/builders.ts';
import { HandClock } from '../support/hand-clock.ts';
import { openForTest, readFrom } from '../support/open-connections.ts';
import { recordingLogger } from '../support/recording-logger.ts';
import { redisServer, ServerProgram } from '../support/server-program.ts';

let server: ServerProgram;
let writer: Redis;

beforeAll(async () => {
  server = await ServerProgram.start(redisServer);
  writer = new Redis(server.port, '127.0.0.1');
  return async () => {
    writer.disconnect();
    await server.stop();
  };
});
beforeEach(async () => {
  await writer.flushall();
});

function clientOf(changes: Partial<RedisConnection> = {}): OpenConnection {
  return openForTest({ type: 'redis', name: 'jobs', url: new URL(`redis://${server.host}`), namespaces: ['*'], ...changes }); // prettier-ignore
}

function read(key: string, group?: string, client = clientOf()): Promise<Record<string, Measurement>> {
  return readFrom(client, { key, ...(group === undefined ? {} : { group }) });
}

describe('a real Redis', () => {
  it('tells the length of a list, and 0 once it has been emptied', async () => {
    await writer.rpush('todo', 'a', 'b', 'c');
    expect((await read('todo'))['queue']).toEqual({ state: 'measured', value: 3, coverage: { heard: 1, expected: 1 } });
    await writer.del('todo');
    expect((await read('todo'))['queue']).toMatchObject({ state: 'measured', value: 0 });
  });

  it("tells a consumer group's lag, and what it has not acknowledged", async () => {
    await writer.xgroup('CREATE', 'todo', 'workers', '$', 'MKSTREAM');
    const states = async (): Promise<unknown[]> => {
      const measured = await read('todo', 'workers');
      return Object.values(measured).map((one) => (one.state === 'measured' ? one.value : one.reason));
    };
    expect(await states()).toEqual([0, 0]);
    const ids: string[] = [];
    for (let job = 0; job < 5; job += 1) ids.push(String(await writer.xadd('todo', '*', 'job', job)));
    expect(await states()).toEqual([5, 0]);
    await writer.xreadgroup('GROUP', 'workers', 'worker-1', 'COUNT', 2, 'STREAMS', 'todo', '>');
    expect(await states()).toEqual([3, 2]);
    await writer.xack('todo', 'workers', ids[0] ?? '');
    expect(await states()).toEqual([3, 1]);
  });

  it('can not tell the lag after entries were deleted before they were read', async () => {
    await writer.xgroup('CREATE', 'todo', 'workers', '$', 'MKSTREAM');
    const ids: string[] = [];
    for (let job = 0; job < 5; job += 1) ids.push(String(await writer.xadd('todo', '*', 'job', job)));
    await writer.xdel('todo', ids[2] ?? '');
    const { queue, running } = await read('todo', 'workers');
    expect(queue).toMatchObject({ state: 'absent', reason: 'Redis can\'t tell the lag of consumer group "workers"' });
    expect(running).toMatchObject({ state: 'measured', value: 0 });
  });

  it('says what is wrong with a key', async () => {
    await writer.xgroup('CREATE', 'todo', 'audit', '$', 'MKSTREAM');
    await writer.hset('fields', 'a', 1);
    await expect(read('todo', 'workers')).rejects.toThrow(
      'the stream "todo" has no consumer group "workers"; it has "audit"',
    );
    await expect(read('todo')).rejects.toThrow('"todo" is a stream; name the consumer group');
    await expect(read('fields')).rejects.toThrow('"fields" is a hash; a list, a stream or a sorted set is supported');
    await expect(read('todo', 'x', clientOf({ url: new URL(`redis://${server.host}/99`) }))).rejects.toThrow(
      `${server.host} answered: ERR DB index is out of range`,
    );
  });

  it('is read with a password, and refuses a wrong one', async () => {
    await writer.acl('SETUSER', 'reader', 'on', '>swordfish', '~*', '+type', '+llen', '+xinfo', '+select');
    const passwordFile = join(server.directory, 'password');
    const client = clientOf({ username: 'reader', passwordFile });
    await writeFile(passwordFile, 'wrong\n');
    await expect(read('todo', undefined, client)).rejects.toThrow(
      `${server.host} answered: WRONGPASS invalid username-password pair or user is disabled.`,
    );
    await writeFile(passwordFile, 'swordfish\n');
    expect((await read('todo', undefined, client))['queue']).toMatchObject({ state: 'measured', value: 0 });
  });

  it('fails while it is down, and recovers by itself when it is back', async () => {
    await writer.rpush('todo', 'a', 'b');
    const { logger, lines } = recordingLogger();
    const clock = new HandClock();
    const runner = new SignalRunner(
      [clientOf().source({ kind: 'connection', connection: 'jobs', key: 'todo' }, ['queue'])],
      {
        ref: { namespace: 'batch', name: 'transcriber' },
        clock,
        logger,
        timeoutMs: 1_000,
        freshForMs: 0,
        forgetAfterMs: 60_000,
        observer: { observed: () => undefined },
      },
    );
    const queue = async (): Promise<Reading | undefined> => {
      await runner.readAll(workload());
      return runner.readings(clock.nowMs()).get('queue');
    };
    expect(await queue()).toMatchObject({ state: 'fresh', value: 2 });
    await server.stop();
    clock.jumpTo(1);
    const reason = `${server.host} refused the connection`;
    await expect.poll(queue).toMatchObject({ state: 'stale', lastValue: 2, reason });
    await server.start();
    await expect.poll(queue, { timeout: 20_000 }).toMatchObject({ state: 'fresh', value: 2, observedAtMs: 1 });
    expect(lines.map(({ msg }) => msg)).toEqual(['signals can not be read', 'signals can be read again']);
  });
});
