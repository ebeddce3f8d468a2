import { engineDefinition, engineSignals } from '../../domain/engine.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { SignalPlan } from '../../domain/policy.ts';
import { addsUp, signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import { isStepOut } from '../../domain/step.ts';
import type { Step } from '../../domain/step.ts';
import type { Metadata } from '../metadata.ts';

/** Says that an engine has no such signal, and what to write instead. */
export function describeLack(engine: EngineName, signal: SignalName): string {
  const { instead } = engineDefinition(engine);
  const targets = addsUp(signal) ? engineSignals(engine).filter(addsUp).map((told) => `${told}Target`) : []; // prettier-ignore
  const choices = [targets.join(', '), `${signal}From`].filter((choice) => choice !== '').join(' or ');
  const hint = instead === undefined ? '' : `; ${instead}`;
  return `engine ${engine} has no ${metricOf(signal)}; use ${choices}${hint}`;
}

/** What an engine would need to tell a signal. */
function metricOf(signal: SignalName): string {
  const { kind } = signals[signal];
  if (kind === 'gauge') return `${signal} gauge`;
  return `${kind === 'rate' ? 'counter' : 'histogram'} to take ${signal} from`;
}

/** Says what is legal but that this engine can't do as the user expects of it. */
export function warnOfEngine(
  metadata: Metadata,
  engine: EngineName,
  { plans, steps }: { plans: readonly SignalPlan[]; steps: readonly Step[] },
): void {
  if (!engineDefinition(engine).keepsGpuMemory) return;
  const target = plans.find((plan) => plan.signal === 'gpuMemory')?.target;
  if (target !== undefined)
    metadata.warn('gpuMemoryTarget', `${describeKept(engine)}, so this never falls${instead(engine, 'kvCacheTarget')}`);
  const step = steps.find((one) => one.signal === 'gpuMemory');
  if (!step) return;
  const effect = isStepOut(step) ? 'adds again after each change, up to maxReplicaCount' : 'never applies';
  metadata.warn('steps', `"${step.text}" ${effect}: ${describeKept(engine)}${instead(engine, 'kvCache')}`);
}

function describeKept(engine: EngineName): string {
  return `engine ${engine} takes its GPU memory when it starts and keeps it`;
}

/** @param how the user names what shows it */
function instead(engine: EngineName, how: string): string {
  return engineSignals(engine).includes('kvCache') ? `; ${how} shows what is in use` : '';
}
