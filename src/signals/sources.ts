import { engineSignals } from '../domain/engine.ts';
import type { ConnectionOrigin, Policy, SignalOrigin } from '../domain/policy.ts';
import type { SignalName } from '../domain/signal.ts';
import type { ScaledObjectRef } from '../domain/workload.ts';
import { createEnginePodsSource } from './engines/engine-pods.ts';
import type { SignalEnvironment } from './environment.ts';
import { createExporterGpusSource } from './exporters/exporter-gpus.ts';
import { exporterSignals } from './exporters/pod-figures.ts';
import { describeMisfit, kindRules } from './kinds/kind-rules.ts';
import type { SignalSource } from './source.ts';

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
  const { clock, scraper, fleet, dcgmFleet } = place.environment;
  switch (origin.kind) {
    case 'engine':
      return tellable(signals, engineSignals(origin.engine), origin.engine, (told) =>
        createEnginePodsSource(origin, told, { scraper, clock }),
      );
    case 'exporter':
      return tellable(signals, exporterSignals, 'exporter', (told) => createExporterGpusSource(told, fleet));
    case 'dcgm':
      return tellable(signals, exporterSignals, 'dcgm-exporter', (told) =>
        createExporterGpusSource(told, dcgmFleet, 'dcgm-exporter'),
      );
    case 'gpu-connection':
      return createGpuConnected(origin.connection, signals, place);
    case 'connection':
      return createConnected(origin, signals, place);
  }
}

function createConnected(origin: ConnectionOrigin, signals: SignalName[], { ref, environment }: Place): SignalSource[] {
  const found = environment.connections.lookup(origin.connection, ref.namespace);
  if (found.state === 'refused') return [unusable(`connection ${origin.connection}`, signals, found.reason)];
  const { connection } = found;
  const label = `${connection.type} ${connection.name}`;
  const misfit = describeMisfit(origin, connection, signals[0] ?? 'queue');
  if (misfit !== undefined) return [unusable(label, signals, misfit)];
  return tellable(signals, kindRules[connection.type].signals, label, (told) =>
    environment.open(connection).source(origin, told),
  );
}

function createGpuConnected(name: string, signals: SignalName[], { ref, environment }: Place): SignalSource[] {
  const takes = '(gpuFrom takes "exporter", "dcgm" or the name of a Prometheus connection)';
  const refuse = (reason: string): SignalSource[] => [unusable(`connection ${name}`, signals, `${reason} ${takes}`)];
  const found = environment.connections.lookup(name, ref.namespace);
  if (found.state === 'refused') return refuse(found.reason);
  const { gpus } = environment.open(found.connection);
  if (!gpus) return refuse(`connection "${name}" is ${kindRules[found.connection.type].title}, which knows no GPUs`);
  return tellable(signals, exporterSignals, `prometheus ${name}`, gpus);
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
