import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, it } from 'vitest';
import type { RedisConnection } from '../../../../src/signals/connections/connections.ts';
import type { OpenConnection } from '../../../../src/signals/connections/open-connection.ts';
import type { Measurement } from '../../../../src/signals/source.ts';
import { openForTest, readFrom } from '../../../support/open-connections.ts';
import { RedisStandIn } from '../../../support/redis-stand-in.ts';

let redis: RedisStandIn;

beforeEach(async () => {
  redis = await RedisStandIn.start();
  return () => redis.server.stop();
});

function clientOf(changes: Partial<RedisConnection> = {}): OpenConnection {
  return openForTest({ type: 'redis', name: 'jobs', url: new URL(redis.url), namespaces: ['*'], ...changes });
}

function read(key: string, group?: string, client = clientOf()): Promise<Record<string, Measurement>> {
  return readFrom(client, { key, ...(group === undefined ? {} : { group }) });
}

const one = { heard: 1, expected: 1 };
const none = { heard: 0, expected: 1 };

describe('a source that reads a list in Redis', () => {
  const running = {
    state: 'absent',
    reason: 'neither a list nor a sorted set tells what was taken from it',
    coverage: none,
  };

  it('tells its length', async () => {
    redis.keys.set('todo', { list: 7 });
    expect(await read('todo')).toEqual({ queue: { state: 'measured', value: 7, coverage: one }, running });
  });

  it('tells 0 where there is no such key, because Redis keeps no empty lists', async () => {
    const note = '"todo" does not exist, which means empty';
    expect(await read('todo')).toEqual({ queue: { state: 'measured', value: 0, coverage: one, note }, running });
  });
});

describe('a source that reads a stream in Redis', () => {
  it('tells the lag of the group as queue, and what it has not acknowledged as running', async () => {
    const other = { name: 'audit', pending: 99, lag: 99 };
    redis.keys.set('todo', { stream: [other, { name: 'workers', pending: 2, lag: 5 }] });
    expect(await read('todo', 'workers')).toEqual({
      queue: { state: 'measured', value: 5, coverage: one },
      running: { state: 'measured', value: 2, coverage: one },
    });
  });

  it.each([
    [null, 'Redis can\'t tell the lag of consumer group "workers"'],
    [undefined, 'this Redis does not tell the lag of consumer groups; 7.0 and newer do'],
  ])('calls a lag of %s absent', async (lag, reason) => {
    redis.keys.set('todo', { stream: [{ name: 'workers', pending: 2, lag }] });
    expect(await read('todo', 'workers')).toEqual({
      queue: { state: 'absent', reason, coverage: none },
      running: { state: 'measured', value: 2, coverage: one },
    });
  });

  it('calls a stream that does not exist absent', async () => {
    const absent = { state: 'absent', reason: 'the stream "todo" does not exist', coverage: none };
    expect(await read('todo', 'workers')).toEqual({ queue: absent, running: absent });
  });
});

describe('a source that can not read its key in Redis', () => {
  it.each([
    [
      'a stream without a group',
      { stream: [] },
      undefined,
      '"todo" is a stream; name the consumer group that reads it with queueGroup (or runningGroup …)',
    ],
    [
      'a group that is not there',
      {
        stream: [
          { name: 'audit', pending: 0, lag: 0 },
          { name: 'b', pending: 0, lag: 0 },
        ],
      },
      'workers',
      'the stream "todo" has no consumer group "workers"; it has "audit", "b"',
    ],
    [
      'a stream without any group',
      { stream: [] },
      'workers',
      'the stream "todo" has no consumer group "workers"; it has none',
    ],
    ['a list with a group', { list: 3 }, 'workers', '"todo" is a list, which has no consumer group "workers"'],
    [
      'a key of another type',
      { other: 'hash' },
      undefined,
      '"todo" is a hash; a list, a stream or a sorted set is supported',
    ],
  ])('says so: %s', async (_, held, group, reason) => {
    redis.keys.set('todo', held);
    await expect(read('todo', group)).rejects.toThrow(new Error(reason));
  });

  it.each([
    ['type', '-WRONGTYPE what\r\n', 'HOST answered: WRONGTYPE what'],
    [
      'type',
      '-LOADING Redis is loading the dataset in memory\r\n',
      'HOST answered: LOADING Redis is loading the dataset in memory',
    ],
    ['xinfo', '*1\r\n$1\r\nx\r\n', 'the answer to XINFO GROUPS of "todo" can\'t be read'],
    [
      'xinfo',
      '*1\r\n*4\r\n$4\r\nname\r\n$7\r\nworkers\r\n$7\r\npending\r\n:-1\r\n',
      'the answer to XINFO GROUPS of "todo" can\'t be read',
    ],
  ])('passes on what Redis answers to %s: %j', async (command, bytes, reason) => {
    redis.keys.set('todo', { stream: [] });
    redis.instead.set(command, bytes);
    await expect(read('todo', 'workers')).rejects.toThrow(new Error(reason.replace('HOST', redis.server.host)));
  });

  it.each([
    [':-1\r\n', '-1'],
    ['$1\r\nx\r\n', 'no number'],
  ])('does not take %j for a length', async (bytes, what) => {
    redis.keys.set('todo', { list: 3 });
    redis.instead.set('llen', bytes);
    const reason = `the length of "todo" is ${what}, which counts nothing`;
    expect((await read('todo'))['queue']).toEqual({ state: 'absent', reason, coverage: none });
  });
});

describe('a connection to Redis', () => {
  it('is one for all who read, and stays open', async () => {
    const client = clientOf();
    await Promise.all(Array.from({ length: 30 }, () => read('todo', undefined, client)));
    await read('todo', undefined, client);
    expect(redis.server.connections).toBe(1);
  });

  it('is made when it is first needed, and closed on demand', async () => {
    const client = clientOf();
    expect(redis.server.connections).toBe(0);
    await read('todo', undefined, client);
    client.close();
    await expect.poll(() => redis.server.connections).toBe(0);
  });

  it('is made anew after it was lost', async () => {
    const client = clientOf();
    await read('todo', undefined, client);
    redis.server.hangUp();
    await expect.poll(() => redis.server.connections).toBe(0);
    await expect
      .poll(() =>
        read('todo', undefined, client).then(
          () => 'read',
          () => 'failed',
        ),
      )
      .toBe('read');
  });

  it('fails whoever waits when it is lost', async () => {
    const client = clientOf();
    await read('todo', undefined, client);
    const waiting = read('todo', undefined, client);
    redis.server.hangUp();
    await expect(waiting).rejects.toThrow(new Error(`${redis.server.host} closed the connection`));
  });

  it('selects its database, and never reads another one in its place', async () => {
    await read('todo', undefined, clientOf({ url: new URL(`${redis.url}/3`) }));
    expect(redis.seen[0]).toBe('select 3');
    redis.seen.length = 0;
    const reading = read('todo', undefined, clientOf({ url: new URL(`${redis.url}/99`) }));
    await expect(reading).rejects.toThrow(new Error(`${redis.server.host} answered: ERR DB index is out of range`));
    expect(redis.seen).toEqual(['select 99']);
  });

  it('sends its password, as it stands in its file when it connects, and tells it to nobody', async () => {
    redis.password = 'swordfish';
    const passwordFile = join(await mkdtemp(join(tmpdir(), 'pilotlight-')), 'password');
    const client = clientOf({ username: 'anna', passwordFile });
    await writeFile(passwordFile, 'swordfisch\n');
    const refused: unknown = await read('todo', undefined, client).catch((error: unknown) => error);
    expect((refused as Error).message).toBe(
      `${redis.server.host} answered: WRONGPASS invalid username-password pair or user is disabled.; check username and passwordFile`,
    );
    expect(inspect(refused, { depth: 9, showHidden: true })).not.toContain('swordfisch');
    await writeFile(passwordFile, 'swordfish\n');
    expect((await read('todo', undefined, client))['queue']).toMatchObject({ value: 0 });
    expect(redis.seen[0]).toBe('auth anna swordfish');
  });

  it('passes on that a password is needed', async () => {
    redis.password = 'swordfish';
    await expect(read('todo')).rejects.toThrow(
      new Error(
        `${redis.server.host} answered: NOAUTH Authentication required.; give passwordFile, and username where the server has several`,
      ),
    );
  });

  it('does not show what Redis quotes of a command that it does not know', async () => {
    redis.instead.set('auth', "-ERR unknown command 'AUTH', with args beginning with: 'swordfish' \r\n");
    const passwordFile = join(await mkdtemp(join(tmpdir(), 'pilotlight-')), 'password');
    await writeFile(passwordFile, 'swordfish');
    await expect(read('todo', undefined, clientOf({ passwordFile }))).rejects.toThrow(
      new Error(`${redis.server.host} answered: ERR unknown command 'AUTH'`),
    );
  });
});
