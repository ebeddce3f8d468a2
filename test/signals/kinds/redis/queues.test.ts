import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionOrigin } from '../../../../src/domain/policy.ts';
import type { SignalName } from '../../../../src/domain/signal.ts';
import { HandClock } from '../../../support/hand-clock.ts';
import { openForTest, readFrom } from '../../../support/open-connections.ts';
import { RedisStandIn } from '../../../support/redis-stand-in.ts';

let redis: RedisStandIn;

beforeEach(async () => {
  redis = await RedisStandIn.start();
  return () => redis.server.stop();
});

/** What is told of each signal: the number, or why there is none. */
async function told(
  asked: Omit<ConnectionOrigin, 'kind' | 'connection'>,
  signals: readonly SignalName[] = ['queue', 'running', 'concurrency'],
): Promise<unknown> {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const open = openForTest({ type: 'redis', name: 'jobs', url: new URL(redis.url), namespaces: ['*'] }, clock);
  const read = await readFrom(open, asked, signals);
  return Object.values(read).map((one) => (one.state === 'measured' ? one.value : one.reason));
}

const bullmq = { key: 'mail', mode: 'bullmq' } as const;

describe('a queue of BullMQ', () => {
  it('waits in its list and by priority, and runs where workers hold it; what is delayed is not ready', async () => {
    redis.keys.set('bull:mail:wait', { list: 4, last: '17' }).set('bull:mail:prioritized', { scores: [1, 2] });
    redis.keys.set('bull:mail:active', { list: 3 }).set('bull:mail:delayed', { scores: [1, 2, 3, 4, 5] });
    expect(await told(bullmq)).toEqual([6, 3, 9]);
  });

  it('does not count the mark of older versions that is no job', async () => {
    redis.keys.set('bull:mail:wait', { list: 4, last: '0:0' });
    expect(await told(bullmq)).toEqual([3, 0, 3]);
  });

  it('asks for nothing while it is paused, and says so; what runs counts', async () => {
    redis.keys.set('bull:mail:paused', { list: 5 }).set('bull:mail:meta', { fields: ['opts', 'paused'] });
    redis.keys.set('bull:mail:active', { list: 1 });
    expect(await told(bullmq)).toEqual([0, 1, 1]);
    const open = openForTest({ type: 'redis', name: 'jobs', url: new URL(redis.url), namespaces: ['*'] });
    expect((await readFrom(open, bullmq))['queue']).toMatchObject({ note: '"mail" is paused, and 5 jobs wait in it' });
  });

  it('may have a prefix of its own', async () => {
    redis.keys.set('{jobs}:mail:wait', { list: 2 });
    expect(await told({ key: '{jobs}:mail', mode: 'bullmq' })).toEqual([2, 0, 2]);
  });
});

describe('a queue of Celery', () => {
  it('waits in the lists of all its priorities, and runs where workers have not acknowledged', async () => {
    redis.keys.set('celery', { list: 1 }).set('celery\x06\x163', { list: 2 }).set('celery\x06\x166', { list: 4 });
    redis.keys.set('celery\x06\x169', { list: 8 }).set('unacked', { fields: ['a', 'b'] });
    expect(await told({ key: 'celery', mode: 'celery' })).toEqual([15, 2, 17]);
  });

  it('says that what runs may be of other queues', async () => {
    redis.keys.set('unacked', { fields: ['a'] });
    const open = openForTest({ type: 'redis', name: 'jobs', url: new URL(redis.url), namespaces: ['*'] });
    const { running } = await readFrom(open, { key: 'celery', mode: 'celery' });
    expect(running).toMatchObject({ value: 1, note: 'of all Celery queues in this database' });
  });
});

describe('a sorted set', () => {
  const seconds = Date.UTC(2026, 2, 3, 10) / 1_000;
  const untold = 'neither a list nor a sorted set tells what was taken from it';

  it('is as long as it has members', async () => {
    redis.keys.set('todo', { scores: [1, seconds, seconds + 60] });
    expect(await told({ key: 'todo' })).toEqual([3, untold, untold]);
  });

  it.each([
    ['due-seconds', [seconds - 1, seconds, seconds + 1]],
    ['due-milliseconds', [seconds * 1_000 - 1, seconds * 1_000, seconds * 1_000 + 1]],
  ] as const)('counts with %s only what is due by now', async (mode, scores) => {
    redis.keys.set('todo', { scores });
    expect(await told({ key: 'todo', mode }, ['queue'])).toEqual([2]);
  });

  it('is empty where it is not there, also of what is due', async () => {
    expect(await told({ key: 'todo', mode: 'due-seconds' }, ['queue'])).toEqual([0]);
  });

  it('is the only thing whose members can be due', async () => {
    redis.keys.set('todo', { list: 3 });
    await expect(told({ key: 'todo', mode: 'due-seconds' })).rejects.toThrow(
      new Error('"todo" is a list; only members of a sorted set can be due'),
    );
  });

  it('has no consumer group', async () => {
    redis.keys.set('todo', { scores: [1] });
    await expect(told({ key: 'todo', group: 'workers' })).rejects.toThrow(
      new Error('"todo" is a sorted set, which has no consumer group "workers"'),
    );
  });
});
