import type { GetMetricsResponse } from '../../generated/externalscaler/GetMetricsResponse.ts';
import { metricName } from './metric-spec.ts';
import { unavailable } from './rpc-error.ts';

/** The HPA counts in thousandths of an int64 and wants an int32 of replicas; no workload comes near either. */
const mostReplicas = 1_000_000;

/**
 * The answer of GetMetrics: the float for the HPA, and the whole number above it for KEDA 2.16 and older, which read only
 * the integer. Throws when `required` is no number: an answer of 0 would scale in.
 */
export function metricValue(required: number): GetMetricsResponse {
  if (Number.isNaN(required)) throw unavailable('the replicas required could not be computed');
  const value = Math.min(Math.max(required, 0), mostReplicas);
  return { metricValues: [{ metricName, metricValue: wholeReplicas(value), metricValueFloat: value }] };
}

/** Replicas as the HPA will count them: it sees thousandths, so 2.0000001 is 2. */
export function wholeReplicas(required: number): number {
  return Math.ceil(Math.round(required * 1_000) / 1_000);
}
