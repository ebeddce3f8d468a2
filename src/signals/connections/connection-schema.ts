import { z } from 'zod';

const namespaceName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** What a trigger's `queueFrom` can say. */
const connectionName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const namespaces = z
  .array(
    z
      .string()
      .refine((name) => name === '*' || namespaceName.test(name), 'must be the name of a namespace, or "*" for all'),
    'must be a list of the namespaces that may use the connection, ["*"] for all',
  )
  .min(1, 'must name the namespaces that may use the connection, ["*"] for all');

const text = z.string('must be a text').min(1, 'must not be empty');

/** A URL of one of these schemes, without credentials: those stay in files, so that this file may be shown to anyone. */
function urlOf(protocols: readonly string[], example: string): z.ZodType<URL> {
  return z.string(`must be a URL such as ${example}`).transform((value, context) => {
    const url = URL.parse(value);
    const problem =
      url === null || !protocols.includes(url.protocol) || url.hostname === ''
        ? `must be a URL such as ${example}`
        : url.username !== '' || url.password !== ''
          ? 'must not hold a user or a password; write username and passwordFile'
          : undefined;
    if (url !== null && problem === undefined) return url;
    context.issues.push({ code: 'custom', message: problem ?? '', input: value });
    return z.NEVER;
  });
}

const redis = z
  .strictObject({
    type: z.literal('redis'),
    /** `redis://host:port/db`, `rediss://` for TLS. */
    url: urlOf(['redis:', 'rediss:'], 'redis://redis.jobs:6379/0'),
    username: text.optional(),
    passwordFile: text.optional(),
    namespaces,
  })
  .refine((connection) => /^\/?\d*$/.test(connection.url.pathname), {
    path: ['url'],
    message: 'must end in the number of a database or in nothing: redis://redis.jobs:6379/0',
  })
  .refine((connection) => connection.username === undefined || connection.passwordFile !== undefined, {
    path: ['username'],
    message: 'needs passwordFile beside it',
  });

const prometheus = z
  .strictObject({
    type: z.literal('prometheus'),
    /** What stands before `/api/v1/query`. */
    url: urlOf(['http:', 'https:'], 'http://prometheus.monitoring:9090'),
    bearerTokenFile: text.optional(),
    username: text.optional(),
    passwordFile: text.optional(),
    namespaces,
  })
  .refine((connection) => (connection.username === undefined) === (connection.passwordFile === undefined), {
    path: ['username'],
    message: 'and passwordFile go together: write both or neither',
  })
  .refine((connection) => connection.username === undefined || connection.bearerTokenFile === undefined, {
    path: ['bearerTokenFile'],
    message: "can't stand beside username and passwordFile; write one of the two",
  });

const connection = z.discriminatedUnion('type', [redis, prometheus], {
  error: ({ code }: { code: string }) =>
    code === 'invalid_union' ? 'must be redis or prometheus' : 'must be a map with type and url',
});

/** Names are checked before the record is read, which would drop one such as `__proto__` without a word. */
const connections = z
  .unknown()
  .superRefine((given, context) => {
    for (const name of Object.keys(given ?? {}).filter((key) => !connectionName.test(key))) {
      context.addIssue({ code: 'custom', path: [name], message: 'needs another name: lower-case letters, digits and "-"' }); // prettier-ignore
    }
  })
  .pipe(z.record(z.string(), connection, 'must be a map from names to connections').nullish())
  .transform((read) => read ?? {});

/** The connections file. */
export const connectionsFile = z.strictObject(
  { connections: connections.default({}) },
  'must be a map with the key connections',
);

/** The fields that each type of connection knows, for error texts. */
export const connectionFields: Readonly<Record<string, readonly string[]>> = {
  redis: Object.keys(redis.shape),
  prometheus: Object.keys(prometheus.shape),
};

export type RedisSettings = z.infer<typeof redis>;
export type PrometheusSettings = z.infer<typeof prometheus>;
