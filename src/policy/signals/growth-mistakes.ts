import { engineDefinition, engineSignals } from '../../domain/engine.ts';
import type { EngineName } from '../../domain/engine.ts';
import type { SignalPlan } from '../../domain/policy.ts';
import { addsUp } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import { isStepOut } from '../../domain/step.ts';
import type { Step } from '../../domain/step.ts';
import type { Metadata } from '../metadata.ts';

/** Signals that rise with the work that is there, however slowly it is done. */
const backlog: readonly SignalName[] = ['queue', 'running', 'concurrency'];
/** Counters of requests that have ended, by the names that servers and proxies give them. */
const endsCounter = /[\w:]*(?:request_success|requests?_completed|request_finish|istio_requests_total|_(?:duration|latency)_(?:milli)?seconds_count)\w*/; // prettier-ignore
const better = 'add queueTarget or runningTarget';

/** Says of the signals that alone add replicas what they do not show: the field has learned it the hard way. */
export function warnOfGrowth(metadata: Metadata, plans: readonly SignalPlan[], steps: readonly Step[]): void {
  const growing = new Set<SignalName>([
    ...plans.flatMap(({ signal, target }) => (target === undefined ? [] : [signal])),
    ...steps.filter(isStepOut).map(({ signal }) => signal),
  ]);
  const [first] = growing;
  if (first !== undefined) warnOfOne(metadata, first, [...growing]);
  const rate = plans.find(({ signal }) => signal === 'requestRate');
  if (!rate || !growing.has('requestRate') || backlog.some((signal) => growing.has(signal))) return;
  const warning = describeEnds(rate);
  if (warning !== undefined) metadata.warn(keyOf(metadata, 'requestRate'), warning);
}

function warnOfOne(metadata: Metadata, first: SignalName, growing: readonly SignalName[]): void {
  const warning = growing.every((signal) => !addsUp(signal)) ? describeLatency() : growing.length === 1 ? describeGpu(first) : undefined; // prettier-ignore
  if (warning !== undefined) metadata.warn(keyOf(metadata, first), warning);
}

function keyOf(metadata: Metadata, signal: SignalName): string {
  return metadata.has(`${signal}Target`) ? `${signal}Target` : 'steps';
}

function describeGpu(signal: SignalName): string | undefined {
  if (signal === 'gpuUtilization') {
    return `GPU utilization alone adds replicas here, and a GPU at 100 % is not overload: one request can keep it there; ${better}`;
  }
  if (signal !== 'gpuMemory') return undefined;
  return `GPU memory alone adds replicas here, and tells little of load, for few servers ever give it back; ${better}`;
}

function describeLatency(): string {
  return `latency alone adds replicas here, and is known only once requests end, which in an overload is late; ${better}`;
}

/** A rate of ends stays flat at what the replicas can do, whatever the demand. */
function describeEnds({ origin }: SignalPlan): string | undefined {
  if (origin.kind === 'engine' && engineDefinition(origin.engine).counts === 'completions') {
    return `engine ${origin.engine} counts requests when they end, so this does not rise while an overload builds up; add ${betterOf(origin.engine)}`;
  }
  const query = origin.kind === 'connection' ? origin.query : undefined;
  const [counter] = endsCounter.exec(query ?? '') ?? [];
  if (counter === undefined) return undefined;
  return `${counter} counts requests when they end, so this does not rise while an overload builds up; ${better}`;
}

function betterOf(engine: EngineName): string {
  const told = backlog.filter((signal) => engineSignals(engine).includes(signal)).map((signal) => `${signal}Target`);
  return told.length > 0 ? told.join(' or ') : 'queueFrom and queueTarget';
}
