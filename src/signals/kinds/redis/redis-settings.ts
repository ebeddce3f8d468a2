import { z } from 'zod';
import { checkTls, namespaces, text, tlsShape, urlOf } from '../../connections/settings-parts.ts';

const sentinel = z.strictObject(
  {
    /** What the sentinels call the master. */
    master: text,
    username: text.optional(),
    passwordFile: text.optional(),
  },
  'must be a map with master',
);

/** A Redis, or any node of a Redis cluster; with `sentinel`, the sentinels that know where the master is. */
export const redisSettings = z
  .strictObject({
    type: z.literal('redis'),
    /** `redis://host:port/db`, `rediss://` for TLS. */
    url: urlOf(['redis:', 'rediss:'], 'redis://redis.jobs:6379/0'),
    username: text.optional(),
    passwordFile: text.optional(),
    sentinel: sentinel.optional(),
    ...tlsShape,
    namespaces,
  })
  .refine((connection) => /^\/?\d*$/.test(connection.url.pathname), {
    path: ['url'],
    message: 'must end in the number of a database or in nothing: redis://redis.jobs:6379/0',
  })
  .refine((connection) => connection.username === undefined || connection.passwordFile !== undefined, {
    path: ['username'],
    message: 'needs passwordFile beside it',
  })
  .superRefine(checkTls);
