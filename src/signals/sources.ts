import { engineSignals } from '../domain/engine.ts';
import type { Policy, SignalOrigin } from '../domain/policy.ts';
import type { SignalName } from '../domain/signal.ts';
import type { ScaledObjectRef } from '../domain/workload.ts';
import type { Connection, PrometheusConnection, RedisConnection } from './connections/connections.ts';
import { createEnginePodsSource } from './engines/engine-pods.ts';
import type { SignalEnvironment } from './environment.ts';
import { createExporterGpusSource, exporterSignals } from './exporters/exporter-gpus.ts';
import { createPrometheusSource } from './prometheus.ts';
import { createRedisSource, redisSignals } from './redis/redis.ts';
import type { SignalSource } from './source.ts';

type ConnectionOrigin = Extract<SignalOrigin, { kind: 'connection' }>;

/**
 * The sources of a policy's signals, one for all the signals that have the same origin. A signal whose origin can't be
 * used gets a source that says why at each read, so that the reason is seen where readings are seen.
 */
export function createSources(policy: Policy, ref: ScaledObjectRef, environment: SignalEnvironment): SignalSource[] {
  const groups = new Map<string, { origin: SignalOrigin; signals: SignalName[] }>();
  for (const { origin, signal } of policy.signals) {
    const key = originKey(origin);
    const group = groups.get(key) ?? { origin, signals: [] };
    groups.set(key, group);
    group.signals.push(signal);
  }
  return [...groups.values()].flatMap(({ origin, signals }) => createGroup(origin, signals, { ref, environment }));
}

interface Place {
  readonly ref: ScaledObjectRef;
  readonly environment: SignalEnvironment;
}

function createGroup(origin: SignalOrigin, signals: SignalName[], place: Place): SignalSource[] {
  const { clock, http, fleet } = place.environment;
  switch (origin.kind) {
    case 'engine':
      return tellable(signals, engineSignals(origin.engine), origin.engine, (told) =>
        createEnginePodsSource(origin, told, { http, clock }),
      );
    case 'exporter':
      return tellable(signals, exporterSignals, 'exporter', (told) => createExporterGpusSource(told, fleet));
    case 'connection':
      return createConnected(origin, signals, place);
  }
}

function createConnected(origin: ConnectionOrigin, signals: SignalName[], { ref, environment }: Place): SignalSource[] {
  const found = environment.connections.lookup(origin.connection, ref.namespace);
  if (found.state === 'refused') return [unusable(`connection ${origin.connection}`, signals, found.reason)];
  const { connection } = found;
  const misfit = describeMisfit(origin, connection, signals[0]);
  if (misfit !== undefined) return [unusable(`${connection.type} ${connection.name}`, signals, misfit)];
  return connection.type === 'redis'
    ? createQueue(origin, signals, environment, connection)
    : [createQuery(origin, signals, environment, connection)];
}

function createQueue(
  { key = '', group }: ConnectionOrigin,
  signals: SignalName[],
  environment: SignalEnvironment,
  connection: RedisConnection,
): SignalSource[] {
  const origin = { connection: connection.name, key, ...(group === undefined ? {} : { group }) };
  return tellable(signals, redisSignals, `redis ${connection.name}`, (told) =>
    createRedisSource(origin, told, environment.redis(connection)),
  );
}

function createQuery(
  { query = '' }: ConnectionOrigin,
  signals: SignalName[],
  environment: SignalEnvironment,
  connection: PrometheusConnection,
): SignalSource {
  return createPrometheusSource(connection, query, signals, environment.http);
}

/** What an origin lacks, or says in vain, for a connection of this type. */
function describeMisfit(origin: ConnectionOrigin, { type, name }: Connection, signal = 'queue'): string | undefined {
  if (type === 'redis' && origin.query !== undefined) {
    return `connection "${name}" is a Redis, which takes no query; write ${signal}Key in the place of ${signal}Query`;
  }
  if (type === 'redis' && origin.key === undefined) {
    return `connection "${name}" is a Redis; name the list or stream with ${signal}Key`;
  }
  if (type === 'prometheus' && origin.query === undefined) {
    return `connection "${name}" is a Prometheus; say what to ask it with ${signal}Query`;
  }
  return undefined;
}

/** A source for the signals that it can tell, and one that refuses the others. */
function tellable(
  signals: readonly SignalName[],
  known: readonly SignalName[],
  who: string,
  create: (told: readonly SignalName[]) => SignalSource,
): SignalSource[] {
  const told = signals.filter((signal) => known.includes(signal));
  const others = signals.filter((signal) => !known.includes(signal));
  const reason = `${who} does not tell ${others.join(', ')}; it tells ${known.join(', ')}`;
  return [...(told.length > 0 ? [create(told)] : []), ...(others.length > 0 ? [unusable(who, others, reason)] : [])];
}

function unusable(label: string, signals: readonly SignalName[], reason: string): SignalSource {
  return { label, signals, read: () => Promise.reject(new Error(reason)) };
}

/** Equal for origins that are equal, whatever the order in which their fields were set. */
function originKey(origin: SignalOrigin): string {
  return JSON.stringify(Object.entries(origin).sort(([a], [b]) => (a < b ? -1 : 1)));
}
