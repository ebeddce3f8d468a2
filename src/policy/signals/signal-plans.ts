import { engineDefinition, engineSignals } from '../../domain/engine.ts';
import type { SignalOrigin, SignalPlan } from '../../domain/policy.ts';
import { addsUp, signalNames, signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Metadata } from '../metadata.ts';
import { oneOf } from '../scalars.ts';
import { describeLack, warnOfEngine } from './engine-limits.ts';
import { readConnection, readEngine } from './signal-origins.ts';
import type { EngineOrigin } from './signal-origins.ts';
import { readTargets } from './targets.ts';

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
    if (origin === undefined) checkTarget(metadata, signal, engine);
    return planOf(metadata, signal, origin, targets.get(signal));
  });
  const planned = plans.filter((plan) => plan !== undefined);
  if (engine) warnOfEngine(metadata, engine.engine, planned);
  return planned;
}

function defaultOrigin(signal: SignalName, engine: EngineOrigin | undefined): SignalOrigin | undefined {
  if (exporterSignals.includes(signal)) return { kind: 'exporter' };
  return engine && engineSignals(engine.engine).includes(signal) ? engine : undefined;
}

function planOf(
  metadata: Metadata,
  signal: SignalName,
  origin: SignalOrigin | undefined,
  target: number | undefined,
): SignalPlan | undefined {
  if (!origin) return undefined;
  if (target !== undefined) return { signal, origin, target, required: true };
  if (targetOnly.includes(signal) || !addsUp(signal)) {
    const wanted = addsUp(signal) ? `${signal}Target` : `steps that name ${signal}`;
    if (metadata.has(`${signal}From`)) metadata.warn(`${signal}From`, `has no effect without ${wanted}`);
    return undefined;
  }
  if (origin.kind === 'engine') return planOfEngine(signal, origin);
  return { signal, origin, required: origin.kind === 'connection' || metadata.has('gpuFrom') };
}

/**
 * What an engine tells of work is looked at without a target too, for idleness. Requests inside are looked at beside those
 * that wait and run, because some that are inside may be neither (vLLM's deferred ones). Losing a signal matters only where
 * every version of the engine tells it.
 */
function planOfEngine(signal: SignalName, origin: EngineOrigin): SignalPlan | undefined {
  if (signals[signal].shows === 'neither') return undefined;
  return { signal, origin, required: engineDefinition(origin.engine).signals[signal] === 'always' };
}

/** A target needs something to be held against. Where that was named but is not valid, one problem is enough. */
function checkTarget(metadata: Metadata, signal: SignalName, engine: EngineOrigin | undefined): void {
  const isNamed = metadata.has(`${signal}From`) || (!engine && metadata.has('engine'));
  if (!metadata.has(`${signal}Target`) || isNamed) return;
  const nothing = `nothing gives ${signal}; name the engine whose pods do (engine: vllm), or say with ${signal}From where ${signal} is seen`;
  metadata.reject(`${signal}Target`, engine ? describeLack(engine.engine, signal) : nothing);
}
