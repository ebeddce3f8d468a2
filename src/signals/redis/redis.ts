import { z } from 'zod';
import type { Redis } from 'ioredis';
import type { SignalName } from '../../domain/signal.ts';
import { cut } from '../reasons.ts';
import type { RedisClient } from './redis-client.ts';
import type { Measurement, SignalSource } from '../source.ts';

/** The signals that a Redis tells: what waits, and what was taken but not acknowledged. */
export const redisSignals: readonly SignalName[] = ['queue', 'running'];

export interface RedisOrigin {
  /** Name of the connection. */
  readonly connection: string;
  readonly key: string;
  /** Consumer group, where the key is a stream. */
  readonly group?: string;
}

/**
 * Reads a queue in Redis: the length of a list, or what a consumer group of a stream has still to be given (`queue`) and
 * has not acknowledged yet (`running`). An empty list does not exist in Redis, so a missing key is a queue of 0; but a
 * missing stream says nothing of its group and is absent.
 */
export function createRedisSource(
  origin: RedisOrigin,
  signals: readonly SignalName[],
  client: RedisClient,
): SignalSource {
  return {
    label: `redis ${origin.connection}`,
    signals,
    read: async (_workload, deadline) => {
      const measure = await client.ask((redis) => readKey(redis, origin, signals), deadline);
      return new Map(signals.map((signal) => [signal, measure(signal)]));
    },
  };
}

type Measure = (signal: SignalName) => Measurement;

async function readKey(redis: Redis, { key, group }: RedisOrigin, signals: readonly SignalName[]): Promise<Measure> {
  const type = await redis.type(key);
  const name = `"${cut(key)}"`;
  if (type === 'stream') {
    if (group !== undefined) return readStream(redis, key, group);
    throw new Error(`${name} is a stream; name the consumer group that reads it with ${signals.join('Group, ')}Group`);
  }
  if (type === 'none' && group !== undefined) return () => absent(`the stream ${name} does not exist`);
  if (type !== 'list' && type !== 'none') throw new Error(`${name} is a ${cut(type)}; a list or a stream is supported`);
  if (group !== undefined) throw new Error(`${name} is a list, which has no consumer group "${cut(group)}"`);
  const length = await redis.llen(key);
  if (!(length >= 0)) throw new Error(`the answer to LLEN of ${name} is no length`);
  const note = type === 'none' ? { note: `the list ${name} does not exist, which means empty` } : {};
  return (signal) =>
    signal === 'queue' ? { ...measured(length), ...note } : absent('a list does not tell what was taken from it');
}

/** One consumer group in the answer to XINFO GROUPS. Before Redis 7.0 there is no lag, after that it may be unknown. */
const groupInfo = z.object({
  name: z.string(),
  pending: z.number().int().nonnegative(),
  lag: z.number().int().nonnegative().nullish(),
});
/** An answer in the old protocol: names and values in turn. */
const groupList = z.array(z.array(z.unknown()).transform(pairUp).pipe(groupInfo));

async function readStream(redis: Redis, key: string, group: string): Promise<Measure> {
  const name = `"${cut(key)}"`;
  const groups = groupList.safeParse(await redis.xinfo('GROUPS', key));
  if (!groups.success) throw new Error(`the answer to XINFO GROUPS of ${name} can't be read`);
  const ours = groups.data.find((candidate) => candidate.name === group);
  if (!ours) throw new Error(`the stream ${name} has no consumer group "${cut(group)}"; ${listGroups(groups.data)}`);
  return (signal) => (signal === 'queue' ? measureLag(ours.lag, group) : measured(ours.pending));
}

function measureLag(lag: number | null | undefined, group: string): Measurement {
  if (lag === undefined) return absent('this Redis does not tell the lag of consumer groups; 7.0 and newer do');
  // After XDEL or XGROUP SETID, until the group has caught up.
  if (lag === null) return absent(`Redis can't tell the lag of consumer group "${cut(group)}"`);
  return measured(lag);
}

function listGroups(groups: readonly { readonly name: string }[]): string {
  if (groups.length === 0) return 'it has none';
  return `it has ${groups.map(({ name }) => `"${cut(name)}"`).join(', ')}`;
}

function pairUp(flat: readonly unknown[]): Record<string, unknown> {
  return Object.fromEntries(
    flat.flatMap((name, index) => (index % 2 === 0 ? [[String(name), flat[index + 1]] as const] : [])),
  );
}

function measured(value: number): Measurement & { readonly state: 'measured' } {
  return { state: 'measured', value, coverage: { heard: 1, expected: 1 } };
}

function absent(reason: string): Measurement {
  return { state: 'absent', reason, coverage: { heard: 0, expected: 1 } };
}
