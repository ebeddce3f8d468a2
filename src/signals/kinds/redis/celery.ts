import type { Redis } from 'ioredis';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { counted } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';

/** Celery's transport keeps each priority but the first in a list of its own, whose name ends in these bytes and the number. */
const separator = '\x06\x16';
const laterPriorities = [3, 6, 9];
/** Messages that workers hold and have not acknowledged: one hash for all queues of the database. */
const unacknowledged = 'unacked';

/** A queue of Celery in Redis: the lists of its priorities, and what the workers of this database hold. */
export async function readCelery(redis: Redis, queue: string): Promise<Backlog> {
  const lists = [queue, ...laterPriorities.map((priority) => `${queue}${separator}${priority}`)];
  const [lengths, held] = await Promise.all([
    Promise.all(lists.map((list) => redis.llen(list))),
    redis.hlen(unacknowledged),
  ]);
  const waiting = lengths.reduce((sum, length) => sum + length, 0);
  return {
    waiting: counted(waiting, `the length of "${cut(queue)}"`),
    working: heldByAll(counted(held, `the size of "${unacknowledged}"`)),
  };
}

function heldByAll(held: Measurement): Measurement {
  return held.state === 'absent' ? held : { ...held, note: 'of all Celery queues in this database' };
}
