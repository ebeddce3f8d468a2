import { z } from 'zod';
import type { Redis } from 'ioredis';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { absent, counted } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';

interface PlainKey {
  readonly key: string;
  /** Consumer group, where the key is a stream. */
  readonly group?: string | undefined;
  /** Counts only members of a sorted set whose score is up to this. */
  readonly upToScore?: number | undefined;
}

/**
 * What is kept under one key, whatever Redis says it is: the length of a list, the members of a sorted set, or what a
 * consumer group of a stream has still to be given and has not acknowledged yet. Redis keeps no empty list, so a missing
 * key is a queue of 0; but a missing stream says nothing of its group and is absent.
 */
export async function readPlainKey(redis: Redis, { key, group, upToScore }: PlainKey): Promise<Backlog> {
  const type = await redis.type(key);
  const name = `"${cut(key)}"`;
  if (upToScore !== undefined && type !== 'zset' && type !== 'none') {
    throw new Error(`${name} is a ${cut(type)}; only members of a sorted set can be due`);
  }
  if (type === 'stream') return readStream(redis, key, group);
  if (group !== undefined) return withoutStream(type, name, group);
  if (type === 'zset') return takenAway(counted(await countMembers(redis, key, upToScore), `the size of ${name}`));
  if (type !== 'list' && type !== 'none') {
    throw new Error(`${name} is a ${cut(type)}; a list, a stream or a sorted set is supported`);
  }
  return takenAway(noteMissing(counted(await redis.llen(key), `the length of ${name}`), type, name));
}

function noteMissing(length: Measurement, type: string, name: string): Measurement {
  if (type === 'list' || length.state === 'absent') return length;
  return { ...length, note: `${name} does not exist, which means empty` };
}

/** There is no such stream, or the key holds something else, which has no groups. */
function withoutStream(type: string, name: string, group: string): Backlog {
  if (type === 'none') return untold(absent(`the stream ${name} does not exist`));
  throw new Error(`${name} is a ${nameOf(type)}, which has no consumer group "${cut(group)}"`);
}

function nameOf(type: string): string {
  return type === 'zset' ? 'sorted set' : cut(type);
}

function countMembers(redis: Redis, key: string, upToScore: number | undefined): Promise<number> {
  return upToScore === undefined ? redis.zcard(key) : redis.zcount(key, '-inf', upToScore);
}

/** A consumer takes its work out of the key, and where it puts it is its own affair. */
function takenAway(waiting: Measurement): Backlog {
  return { waiting, working: absent('neither a list nor a sorted set tells what was taken from it') };
}

function untold(measurement: Measurement): Backlog {
  return { waiting: measurement, working: measurement };
}

/** One consumer group in the answer to XINFO GROUPS. Before Redis 7.0 there is no lag, after that it may be unknown. */
const groupInfo = z.object({
  name: z.string(),
  pending: z.number().int().nonnegative(),
  lag: z.number().int().nonnegative().nullish(),
});
/** An answer in the old protocol: names and values in turn. */
const groupList = z.array(z.array(z.unknown()).transform(pairUp).pipe(groupInfo));

async function readStream(redis: Redis, key: string, group: string | undefined): Promise<Backlog> {
  const name = `"${cut(key)}"`;
  if (group === undefined) {
    throw new Error(`${name} is a stream; name the consumer group that reads it with queueGroup (or runningGroup …)`);
  }
  const groups = groupList.safeParse(await redis.xinfo('GROUPS', key));
  if (!groups.success) throw new Error(`the answer to XINFO GROUPS of ${name} can't be read`);
  const ours = groups.data.find((candidate) => candidate.name === group);
  if (!ours) throw new Error(`the stream ${name} has no consumer group "${cut(group)}"; ${listGroups(groups.data)}`);
  return { waiting: measureLag(ours.lag, group), working: counted(ours.pending, 'pending') };
}

function measureLag(lag: number | null | undefined, group: string): Measurement {
  if (lag === undefined) return absent('this Redis does not tell the lag of consumer groups; 7.0 and newer do');
  // After XDEL or XGROUP SETID, until the group has caught up.
  if (lag === null) return absent(`Redis can't tell the lag of consumer group "${cut(group)}"`);
  return counted(lag, 'lag');
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
