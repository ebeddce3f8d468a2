import { engineDefinition, engineSignals } from '../../domain/engine.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { SignalPlan } from '../../domain/policy.ts';
import { addsUp, signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Metadata } from '../metadata.ts';

/** Signals that rise with the work that is there, however slowly it is done. */
const backlog: readonly SignalName[] = ['queue', 'running', 'concurrency'];

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
export function warnOfEngine(metadata: Metadata, engine: EngineName, plans: readonly SignalPlan[]): void {
  const hasTarget = (signal: SignalName): boolean =>
    plans.some((plan) => plan.signal === signal && plan.target !== undefined);
  if (engineDefinition(engine).keepsGpuMemory && hasTarget('gpuMemory')) {
    metadata.warn('gpuMemoryTarget', describeKeptMemory(engine));
  }
  const rate = plans.find(({ signal, target }) => signal === 'requestRate' && target !== undefined);
  const countsEnds = rate?.origin.kind === 'engine' && engineDefinition(engine).counts === 'completions';
  if (countsEnds && !backlog.some(hasTarget)) metadata.warn('requestRateTarget', describeCompletions(engine));
}

function describeKeptMemory(engine: EngineName): string {
  const kept = `engine ${engine} takes its GPU memory when it starts and keeps it, so this never falls`;
  return engineSignals(engine).includes('kvCache') ? `${kept}; kvCacheTarget shows what is in use` : kept;
}

function describeCompletions(engine: EngineName): string {
  const told = backlog.filter((signal) => engineSignals(engine).includes(signal)).map((signal) => `${signal}Target`);
  const better = told.length > 0 ? told.join(' or ') : 'queueFrom and queueTarget';
  return `engine ${engine} counts requests when they end, so this does not rise while an overload builds up; add ${better}`;
}
