import type { SignalOrigin, SignalPlan } from '../../domain/policy.ts';
import { signalNames } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Metadata } from '../metadata.ts';
import { oneOf } from '../scalars.ts';
import { readConnection, readEngine } from './signal-origins.ts';
import { readTargets } from './targets.ts';

/** What the pods of every engine give. */
const engineSignals: readonly SignalName[] = ['queue', 'running', 'kvCache'];
const exporterSignals: readonly SignalName[] = ['gpuUtilization', 'gpuMemory'];
/** Tell neither of work nor of its end, so they are read only where there is a target to hold them against. */
const targetOnly: readonly SignalName[] = ['kvCache', 'gpuMemory', 'tokenRate'];

const gpuFrom = oneOf(
  ['exporter'],
  ', the only one in this version; for a Prometheus server use gpuUtilizationFrom and gpuUtilizationQuery',
);

/**
 * Reads which signals are looked at, and where. A signal comes from the connection that `<signal>From` names; else from
 * the engine's pods; GPU figures come from the exporter. GPU utilization is always looked at, because a busy GPU is not
 * idle, but losing it matters only to a user who asked for it.
 */
export function readSignalPlans(metadata: Metadata): readonly SignalPlan[] {
  const targets = readTargets(metadata);
  const engine = readEngine(metadata);
  metadata.read('gpuFrom', gpuFrom);
  const plans = signalNames.map((signal) => {
    const origin = readConnection(metadata, signal) ?? defaultOrigin(signal, engine);
    if (origin === undefined) checkTarget(metadata, signal);
    return planOf(metadata, signal, origin, targets.get(signal));
  });
  return plans.filter((plan) => plan !== undefined);
}

function defaultOrigin(signal: SignalName, engine: SignalOrigin | undefined): SignalOrigin | undefined {
  if (exporterSignals.includes(signal)) return { kind: 'exporter' };
  return engineSignals.includes(signal) ? engine : undefined;
}

function planOf(
  metadata: Metadata,
  signal: SignalName,
  origin: SignalOrigin | undefined,
  target: number | undefined,
): SignalPlan | undefined {
  if (!origin) return undefined;
  if (target !== undefined) return { signal, origin, target, required: true };
  if (targetOnly.includes(signal)) {
    if (metadata.has(`${signal}From`)) metadata.warn(`${signal}From`, `has no effect without ${signal}Target`);
    return undefined;
  }
  return { signal, origin, required: origin.kind !== 'exporter' || metadata.has('gpuFrom') };
}

/** A target needs something to be held against. Where that was named but is not valid, one problem is enough. */
function checkTarget(metadata: Metadata, signal: SignalName): void {
  const fromEngine = engineSignals.includes(signal);
  const isNamed = metadata.has(`${signal}From`) || (fromEngine && metadata.has('engine'));
  if (!metadata.has(`${signal}Target`) || isNamed) return;
  const known = metadata.has('engine')
    ? 'engine vllm gives queue, running and kvCache'
    : `nothing gives ${signal}${fromEngine ? '; name the engine whose pods do (engine: vllm)' : ''}`;
  const or = fromEngine ? ', or' : ';';
  metadata.reject(`${signal}Target`, `${known}${or} say with ${signal}From where ${signal} is seen`);
}
