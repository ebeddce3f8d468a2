import type { Redis } from 'ioredis';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { counted, measured } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';

const defaultPrefix = 'bull';
/** Older versions wake their workers by an entry in the list that is no job. */
const marker = '0:';

/**
 * A queue of BullMQ: what waits, with and without a priority, and what its workers hold. Delayed jobs and those that wait
 * for others are not ready and don't count. Jobs of a paused queue wait, but nobody may take them, so they ask for nothing.
 * @param queue the queue's name, or `prefix:name` where the prefix is not BullMQ's own
 */
export async function readBullmq(redis: Redis, queue: string): Promise<Backlog> {
  const base = queue.includes(':') ? queue : `${defaultPrefix}:${queue}`;
  const [wait, prioritized, paused, active, isPaused, last] = await Promise.all([
    redis.llen(`${base}:wait`),
    redis.zcard(`${base}:prioritized`),
    redis.llen(`${base}:paused`),
    redis.llen(`${base}:active`),
    redis.hexists(`${base}:meta`, 'paused'),
    redis.lindex(`${base}:wait`, -1),
  ]);
  const name = `"${cut(queue)}"`;
  const ready = wait + prioritized - (last?.startsWith(marker) === true ? 1 : 0);
  const waiting = isPaused === 1 ? pausedQueue(ready + paused, name) : counted(ready, `what waits in ${name}`);
  return { waiting, working: counted(active, `what is active in ${name}`) };
}

function pausedQueue(held: number, name: string): Measurement {
  const counts = counted(held, `what waits in ${name}`);
  return counts.state === 'absent' ? counts : measured(0, `${name} is paused, and ${held} jobs wait in it`);
}
