import type { Redis } from 'ioredis';
import type { ConnectionOrigin } from '../../../domain/policy.ts';
import type { EpochMs } from '../../../domain/clock.ts';
import type { RedisConnection } from '../../connections/connections.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { measureBacklog } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';
import { readBullmq } from './bullmq.ts';
import { readCelery } from './celery.ts';
import { readPlainKey } from './plain-key.ts';
import { RedisClient } from './redis-client.ts';

/** Reads queues in Redis: lists, streams, sorted sets, and what BullMQ and Celery make of them. */
export function openRedis(connection: RedisConnection, { secrets, clock }: ConnectionTools): OpenConnection {
  const client = new RedisClient(connection, secrets);
  return {
    source: (origin, signals) => ({
      label: `redis ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const backlog = await client.ask((redis) => readQueue(redis, origin, clock.nowMs()), deadline);
        return measureBacklog(backlog, signals);
      },
    }),
    close: () => client.close(),
  };
}

function readQueue(redis: Redis, { key = '', group, mode }: ConnectionOrigin, nowMs: EpochMs): Promise<Backlog> {
  if (mode === 'bullmq') return readBullmq(redis, key);
  if (mode === 'celery') return readCelery(redis, key);
  if (mode === 'due-seconds') return readPlainKey(redis, { key, upToScore: nowMs / 1_000 });
  if (mode === 'due-milliseconds') return readPlainKey(redis, { key, upToScore: nowMs });
  return readPlainKey(redis, { key, group });
}
