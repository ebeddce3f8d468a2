import type { SignalPlan } from '../../domain/policy.ts';
import type { SignalName } from '../../domain/signal.ts';
import { addsUp } from '../../domain/signal.ts';
import { isStepOut } from '../../domain/step.ts';
import type { Step } from '../../domain/step.ts';
import type { Metadata } from '../metadata.ts';

/** Aggregations that give one pod's share where the sum is meant. */
const mean = /^\s*avg\s*(?:by\b|without\b|\()/;
/** Gauges of the Gateway API's endpoint picker that are means over its endpoints, by their names now and before. */
const poolMean = /\b\w*average_(?:queue_size|running_requests|kv_cache_utilization)\b/;

/** Says what is legal, and what the field has learned not to do. */
export function warnOfFieldMistakes(metadata: Metadata, plans: readonly SignalPlan[], steps: readonly Step[]): void {
  for (const { signal, origin, target } of plans) {
    if (target === undefined || !addsUp(signal) || origin.kind !== 'connection') continue;
    const warning = describeMean(origin.query ?? '');
    if (warning !== undefined) metadata.warn(`${signal}Query`, warning);
  }
  const growing = new Set<SignalName>([
    ...plans.flatMap(({ signal, target }) => (target === undefined ? [] : [signal])),
    ...steps.filter(isStepOut).map(({ signal }) => signal),
  ]);
  if (growing.size === 1 && growing.has('gpuUtilization')) warnOfUtilization(metadata);
}

function describeMean(query: string): string | undefined {
  const [gauge] = poolMean.exec(query) ?? [];
  if (gauge !== undefined && !query.includes('*')) {
    return `${gauge} is a mean over the pool's endpoints, and the target is held against the sum; multiply it by the number of ready endpoints`;
  }
  return mean.test(query) ? "an average is one replica's share, and the target is held against the sum over all; write sum(…)" : undefined; // prettier-ignore
}

function warnOfUtilization(metadata: Metadata): void {
  const key = metadata.has('gpuUtilizationTarget') ? 'gpuUtilizationTarget' : 'steps';
  metadata.warn(
    key,
    'GPU utilization alone adds replicas here, and a GPU at 100 % is not overload: one request can keep it there; add queueTarget or runningTarget',
  );
}
