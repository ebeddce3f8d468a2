import { z } from 'zod';
import { endpointPickerSettings } from '../kinds/endpoint-picker/endpoint-picker-settings.ts';
import { httpJsonSettings } from '../kinds/http-json/http-json-settings.ts';
import { kafkaSettings } from '../kinds/kafka/kafka-settings.ts';
import { kedaHttpSettings } from '../kinds/keda-http/keda-http-settings.ts';
import { natsSettings } from '../kinds/nats/nats-settings.ts';
import { prometheusSettings } from '../kinds/prometheus/prometheus-settings.ts';
import { rabbitmqSettings } from '../kinds/rabbitmq/rabbitmq-settings.ts';
import { redisSettings } from '../kinds/redis/redis-settings.ts';
import { sqsSettings } from '../kinds/sqs/sqs-settings.ts';

/** What a trigger's `queueFrom` can say. */
const connectionName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const kinds = [
  redisSettings,
  prometheusSettings,
  rabbitmqSettings,
  natsSettings,
  kafkaSettings,
  sqsSettings,
  kedaHttpSettings,
  endpointPickerSettings,
  httpJsonSettings,
] as const;

/** The types of connections that there are. */
const connectionTypes = kinds.map(({ shape }) => shape.type.value);

const connection = z.discriminatedUnion('type', kinds, {
  error: ({ code }: { code: string }) =>
    code === 'invalid_union' ? `must be one of ${connectionTypes.join(', ')}` : 'must be a map with a type',
});

export type ConnectionSettings = z.infer<typeof connection>;

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
export const connectionFields: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  kinds.map(({ shape }) => [shape.type.value, Object.keys(shape)]),
);
