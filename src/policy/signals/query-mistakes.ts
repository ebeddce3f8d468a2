import type { SignalPlan } from '../../domain/policy.ts';
import { addsUp, signals } from '../../domain/signal.ts';
import type { SignalName } from '../../domain/signal.ts';
import type { Step } from '../../domain/step.ts';
import type { Metadata } from '../metadata.ts';

/** Aggregations that give one pod's share where the sum is meant. */
const mean = /^\s*avg\s*(?:by\b|without\b|\()/;
/** Gauges of the Gateway API's endpoint picker that are means over its endpoints, by their names now and before. */
const poolMean = /\b\w*average_(?:queue_size|running_requests|kv_cache_utilization)\b/;
/** What stands in quotes is no arithmetic. */
const labelValue = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const counter = /[\w:]+_total\b/;
/** Functions that make a rate of a counter. */
const rating = /\b(?:i?rate|increase|deriv|rate_\w+|increase_\w+)\s*\(/;
const fineTime = /[\w:]+_(milliseconds|ms|microseconds|us)(?:_bucket|_sum)?\b/;
const percentGauge = /\bDCGM_FI_DEV_(?:GPU|MEM_COPY)_UTIL\b/;

/** Says of queries what is legal and surely not meant: means for sums, counters for rates, other units than the signal's. */
export function warnOfQueries(metadata: Metadata, plans: readonly SignalPlan[], steps: readonly Step[]): void {
  for (const { signal, origin, target } of plans) {
    if (origin.kind !== 'connection' || origin.query === undefined) continue;
    const query = origin.query.replaceAll(labelValue, '""');
    const isHeld = target !== undefined || steps.some((step) => step.signal === signal);
    const warnings = [isHeld && addsUp(signal) ? describeMean(query) : undefined, describeCounter(signal, query), describeUnit(signal, query)]; // prettier-ignore
    for (const warning of warnings) if (warning !== undefined) metadata.warn(`${signal}Query`, warning);
  }
}

/** Whoever multiplies makes a sum of a mean. */
function describeMean(query: string): string | undefined {
  if (query.includes('*')) return undefined;
  const [gauge] = poolMean.exec(query) ?? [];
  if (gauge !== undefined) {
    return `${gauge} is a mean over the pool's endpoints, and the target is held against the sum; multiply it by the number of ready endpoints`;
  }
  return mean.test(query) ? "an average is one replica's share, and the target is held against the sum over all; write sum(…)" : undefined; // prettier-ignore
}

function describeCounter(signal: SignalName, query: string): string | undefined {
  const [name] = counter.exec(query) ?? [];
  if (name === undefined || signals[signal].kind !== 'rate' || rating.test(query)) return undefined;
  return `${name} is a counter, which only ever grows; write sum(rate(${name}[1m]))`;
}

/** Whoever divides or multiplies knows of the unit. */
function describeUnit(signal: SignalName, query: string): string | undefined {
  if (/[*/]/.test(query)) return undefined;
  const [name, unit] = fineTime.exec(query) ?? [];
  if (name !== undefined && signals[signal].unit === 'seconds') {
    const perSecond = unit === 'ms' || unit === 'milliseconds' ? 1_000 : 1_000_000;
    return `${name} is not in seconds, and ${signal} is; divide by ${perSecond}`;
  }
  const [gauge] = percentGauge.exec(query) ?? [];
  if (gauge === undefined || signals[signal].unit !== 'ratio') return undefined;
  return `${gauge} is in percent, and ${signal} is a ratio from 0 to 1; divide by 100`;
}
