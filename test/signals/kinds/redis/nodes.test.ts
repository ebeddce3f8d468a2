import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RedisConnection } from '../../../../src/signals/connections/connections.ts';
import { openForTest, readFrom, secretFile } from '../../../support/open-connections.ts';
import { RedisStandIn } from '../../../support/redis-stand-in.ts';

let first: RedisStandIn;
let second: RedisStandIn;

async function start(): Promise<RedisStandIn> {
  const redis = await RedisStandIn.start();
  onTestFinished(() => redis.server.stop());
  return redis;
}

beforeEach(async () => {
  [first, second] = [await start(), await start()];
});

function connectionTo(redis: RedisStandIn, changes: Partial<RedisConnection> = {}) {
  return openForTest({ type: 'redis', name: 'jobs', url: new URL(redis.url), namespaces: ['*'], ...changes });
}

async function length(open: ReturnType<typeof connectionTo>): Promise<unknown> {
  const { queue } = await readFrom(open, { key: 'todo' });
  return queue?.state === 'measured' ? queue.value : queue;
}

describe('a cluster', () => {
  it('is followed to the node that keeps the key, with the same credentials', async () => {
    second.password = 'swordfish';
    first.instead.set('type', `-MOVED 3999 ${second.server.host}\r\n`);
    second.keys.set('todo', { list: 7 });
    const open = connectionTo(first, { username: 'anna', passwordFile: secretFile('swordfish') });
    expect(await length(open)).toBe(7);
    expect(second.seen).toContain('auth anna swordfish');
    expect([first.server.connections, second.server.connections]).toEqual([1, 1]);
  });

  it('may name a node by its port alone', async () => {
    first.instead.set('type', `-MOVED 3999 :${second.server.port}\r\n`);
    second.keys.set('todo', { list: 2 });
    expect(await length(connectionTo(first))).toBe(2);
  });

  it('is asked again later while a key is on its way from one node to another', async () => {
    first.instead.set('type', `-ASK 3999 ${second.server.host}\r\n`);
    await expect(length(connectionTo(first))).rejects.toThrow(
      new Error(`${first.server.host} answered: ASK 3999 ${second.server.host}`),
    );
  });

  it('is not followed for ever', async () => {
    first.instead.set('type', `-MOVED 3999 ${second.server.host}\r\n`);
    second.instead.set('type', `-MOVED 3999 ${first.server.host}\r\n`);
    await expect(length(connectionTo(first))).rejects.toThrow(
      `${second.server.host} sends on to ${first.server.host}, which was not followed`,
    );
  });

  it.each(['169.254.169.254:6379', 'fe80::1:6379', 'metadata.google.internal:6379'])(
    'is not followed to %s',
    async (place) => {
      first.instead.set('type', `-MOVED 3999 ${place}\r\n`);
      await expect(length(connectionTo(first))).rejects.toThrow(
        /leads to \S+, a link-local or metadata address, which connections may not use/,
      );
    },
  );

  it('says so where a node is none', async () => {
    first.instead.set('type', '-MOVED 3999 nonsense\r\n');
    await expect(length(connectionTo(first))).rejects.toThrow(/^nonsense /);
  });
});

describe('Sentinel', () => {
  const sentinel = { master: 'mymaster' };

  it('is asked where the master is, with credentials of its own, and the master is read', async () => {
    first.password = 'sentry';
    first.masters.set('mymaster', ['127.0.0.1', String(second.server.port)]);
    second.password = 'swordfish';
    second.keys.set('todo', { list: 4 });
    const access = { username: 'anna', passwordFile: secretFile('swordfish') };
    const watcher = { ...sentinel, username: 'watcher', passwordFile: secretFile('sentry') };
    expect(await length(connectionTo(first, { ...access, sentinel: watcher }))).toBe(4);
    expect(first.seen).toEqual(['auth watcher sentry', 'sentinel get-master-addr-by-name mymaster']);
    expect(second.seen[0]).toBe('auth anna swordfish');
    await expect.poll(() => first.server.connections).toBe(0);
  });

  it('is asked anew after the master is lost', async () => {
    const third = await start();
    first.masters.set('mymaster', ['127.0.0.1', String(second.server.port)]);
    second.keys.set('todo', { list: 4 });
    third.keys.set('todo', { list: 5 });
    const open = connectionTo(first, { sentinel });
    expect(await length(open)).toBe(4);
    await second.server.stop();
    first.masters.set('mymaster', ['127.0.0.1', String(third.server.port)]);
    await expect.poll(() => length(open).catch(() => 'lost')).toBe(5);
  });

  it.each([
    [
      'it knows no such master',
      () => undefined,
      () => `the sentinels at ${first.server.host} know no master "mymaster"`,
    ],
    [
      'its answer can not be read',
      () => first.instead.set('sentinel', ':1\r\n'),
      () => `the sentinels at ${first.server.host} know no master "mymaster"`,
    ],
    [
      'it wants a password',
      () => (first.password = 'sentry'),
      () =>
        `${first.server.host} answered: NOAUTH Authentication required.; give passwordFile, and username where the server has several`,
    ],
    [
      'it names a metadata address',
      () => first.masters.set('mymaster', ['169.254.169.254', '80']),
      () =>
        `${first.server.host} leads to 169.254.169.254, a link-local or metadata address, which connections may not use`,
    ],
  ])('says so where %s', async (_, prepare, reason) => {
    prepare();
    await expect(length(connectionTo(first, { sentinel }))).rejects.toThrow(new Error(reason()));
  });
});
