import type { KeyMode } from '../../domain/key-mode.ts';
import type { ConnectionOrigin } from '../../domain/policy.ts';
import { signalNames } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Connection, ConnectionType } from '../connections/connections.ts';
import { endpointPickerSignals } from './endpoint-picker/endpoint-picker.ts';
import { kedaHttpSignals } from './keda-http/keda-http.ts';
import { backlogSignals } from './measurement.ts';

/** What a trigger has to say to a type of connection. */
interface KindRules {
  /** As a sentence calls it. */
  readonly title: string;
  readonly signals: readonly SignalName[];
  /** What `<signal>Query` is for it; nothing where it is asked by key. */
  readonly query?: string;
  /** What `<signal>Key` names for it; nothing where it is asked by query. */
  readonly key?: string;
  /** What `<signal>Group` names for it. */
  readonly group?: { readonly what: string; readonly required: boolean };
  readonly modes?: readonly KeyMode[];
}

/** Each type of connection: what it tells, and what it has to be asked with. */
export const kindRules: Readonly<Record<ConnectionType, KindRules>> = {
  prometheus: { title: 'a Prometheus', signals: signalNames, query: 'what to ask it' },
  'http-json': { title: 'an http-json', signals: signalNames, query: 'which number of its answer counts' },
  redis: {
    title: 'a Redis',
    signals: backlogSignals,
    key: 'the list, stream, sorted set or queue',
    group: { what: 'the consumer group', required: false },
    modes: ['bullmq', 'celery', 'due-seconds', 'due-milliseconds'],
  },
  rabbitmq: { title: 'a RabbitMQ', signals: backlogSignals, key: 'the queue' },
  nats: {
    title: 'a NATS',
    signals: backlogSignals,
    key: 'the stream',
    group: { what: 'the consumer', required: true },
  },
  kafka: {
    title: 'a Kafka',
    signals: backlogSignals,
    key: 'the topic',
    group: { what: 'the consumer group', required: true },
    modes: ['earliest', 'latest'],
  },
  sqs: { title: 'an SQS', signals: backlogSignals, key: 'the queue', modes: ['with-delayed'] },
  'keda-http': { title: 'a keda-http', signals: kedaHttpSignals, key: 'the route as namespace/name' },
  'endpoint-picker': { title: 'an endpoint picker', signals: endpointPickerSignals, key: 'the pool' },
};

/** What an origin lacks, or says in vain, for a connection of this type; undefined where it can be asked so. */
export function describeMisfit(
  origin: ConnectionOrigin,
  connection: Connection,
  signal: SignalName,
): string | undefined {
  const rules = kindRules[connection.type];
  const problem = problemOf(origin, rules, signal);
  return problem === undefined ? undefined : `connection "${connection.name}" is ${rules.title}${problem}`;
}

function problemOf(origin: ConnectionOrigin, rules: KindRules, signal: SignalName): string | undefined {
  return (
    problemOfQuestion(origin, rules, signal) ??
    problemOfGroup(origin, rules, signal) ??
    problemOfMode(origin, rules, signal)
  );
}

function problemOfQuestion(
  origin: ConnectionOrigin,
  { query, key }: KindRules,
  signal: SignalName,
): string | undefined {
  if (query === undefined && origin.query !== undefined) {
    return `, which takes no query; write ${signal}Key in the place of ${signal}Query`;
  }
  if (query !== undefined && origin.query === undefined) return `; say ${query} with ${signal}Query`;
  return key !== undefined && origin.key === undefined ? `; name ${key} with ${signal}Key` : undefined;
}

function problemOfGroup(origin: ConnectionOrigin, { group }: KindRules, signal: SignalName): string | undefined {
  if (group?.required === true && origin.group === undefined) return `; name ${group.what} with ${signal}Group`;
  if (group !== undefined || origin.group === undefined) return undefined;
  return `, which knows no groups; leave ${signal}Group out`;
}

function problemOfMode(
  { mode, group }: ConnectionOrigin,
  { modes = [], ...rules }: KindRules,
  signal: SignalName,
): string | undefined {
  if (mode === undefined) return undefined;
  if (modes.length === 0) return `, which knows no modes; leave ${signal}Mode out`;
  if (!modes.includes(mode)) return `, which does not know ${signal}Mode: ${mode}; it knows ${modes.join(', ')}`;
  if (group === undefined || rules.group?.required === true) return undefined;
  return `, where ${signal}Mode: ${mode} has no groups; leave ${signal}Group out`;
}
