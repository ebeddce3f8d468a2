import { engineDefinition, engineSignals } from '../../domain/engine.ts';
import type { SignalOrigin, SignalPlan } from '../../domain/policy.ts';
import { addsUp, signalNames, signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Step } from '../../domain/step.ts';
import type { Metadata } from '../metadata.ts';
import { needsTraffic } from '../steps/check-steps.ts';
import { describeLack, warnOfEngine } from './engine-limits.ts';
import { readConnection, readEngine, readGpuOrigin } from './signal-origins.ts';
import type { EngineOrigin } from './signal-origins.ts';
import { readTargets } from './targets.ts';

const exporterSignals: readonly SignalName[] = ['gpuUtilization', 'gpuMemory'];
/** Tell neither of work nor of its end, so they are read only where there is a target to hold them against. */
const targetOnly: readonly SignalName[] = ['kvCache', 'gpuMemory', 'tokenRate'];

/** What a signal is looked at for, besides idleness. */
interface Wanted {
  readonly target: number | undefined;
  /** A step compares it. */
  readonly inSteps: boolean;
  /** A step that removes at low latency has to know whether there is traffic. */
  readonly forTraffic: boolean;
}

/**
 * Reads which signals are looked at, and where. A signal comes from the connection that `<signal>From` names; else from
 * the engine's pods; GPU figures come from exporters. GPU utilization is always looked at, because a busy GPU is not
 * idle, but losing it matters only to a user who asked for it.
 */
export function readSignalPlans(metadata: Metadata, steps: readonly Step[]): readonly SignalPlan[] {
  const targets = readTargets(metadata);
  const engine = readEngine(metadata);
  const gpus = readGpuOrigin(metadata);
  const planned: SignalPlan[] = [];
  for (const signal of signalNames) {
    const inSteps = steps.some((step) => step.signal === signal);
    const forTraffic = signal === 'requestRate' && steps.some(needsTraffic);
    const named = readConnection(metadata, signal) ?? defaultOrigin(signal, engine, gpus);
    const target = targets.get(signal);
    if (named === undefined) checkWanted(metadata, signal, engine, inSteps);
    // A target and a step need a source that surely tells: that is for the user to name.
    const origin = named ?? (target === undefined && !inSteps ? handedOut(signal, planned) : undefined);
    const plan = planOf(metadata, signal, origin, { target, inSteps, forTraffic });
    if (plan) planned.push(plan);
  }
  if (engine) warnOfEngine(metadata, engine.engine, { plans: planned, steps });
  return planned;
}

/**
 * Where nothing else tells what runs, the keeper of a queue may: what it has handed out and nobody has acknowledged. So an
 * empty queue does not end the replica that works on its last message. Nothing is lost where it does not tell.
 */
function handedOut(signal: SignalName, planned: readonly SignalPlan[]): SignalOrigin | undefined {
  const queue = planned.find((plan) => plan.signal === 'queue')?.origin;
  return signal === 'running' && queue?.kind === 'connection' && queue.key !== undefined ? queue : undefined;
}

function defaultOrigin(
  signal: SignalName,
  engine: EngineOrigin | undefined,
  gpus: SignalOrigin,
): SignalOrigin | undefined {
  if (exporterSignals.includes(signal)) return gpus;
  return engine && engineSignals(engine.engine).includes(signal) ? engine : undefined;
}

function planOf(
  metadata: Metadata,
  signal: SignalName,
  origin: SignalOrigin | undefined,
  { target, inSteps, forTraffic }: Wanted,
): SignalPlan | undefined {
  if (!origin) return undefined;
  const isConnected = origin.kind === 'connection';
  if (target !== undefined) return { signal, origin, target, required: true };
  if (inSteps || forTraffic) return { signal, origin, required: inSteps || isConnected };
  if (targetOnly.includes(signal) || !addsUp(signal)) {
    warnOfUnused(metadata, signal);
    return undefined;
  }
  if (origin.kind === 'engine') return planOfEngine(signal, origin);
  return { signal, origin, required: metadata.has(isConnected ? `${signal}From` : 'gpuFrom') };
}

function warnOfUnused(metadata: Metadata, signal: SignalName): void {
  const wanted = addsUp(signal) ? `${signal}Target or steps that name it` : `steps that name ${signal}`;
  if (metadata.has(`${signal}From`)) metadata.warn(`${signal}From`, `has no effect without ${wanted}`);
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

/** A target and a step need something to be held against. Where that was named but is not valid, one problem is enough. */
function checkWanted(metadata: Metadata, signal: SignalName, engine: EngineOrigin | undefined, inSteps: boolean): void {
  const isNamed = metadata.has(`${signal}From`) || (!engine && metadata.has('engine'));
  if (isNamed) return;
  const nothing = `nothing gives ${signal}; name the engine whose pods do (engine: vllm), or say with ${signal}From where ${signal} is seen`;
  const problem = engine ? describeLack(engine.engine, signal) : nothing;
  if (metadata.has(`${signal}Target`)) metadata.reject(`${signal}Target`, problem);
  if (inSteps) metadata.reject('steps', problem);
}
