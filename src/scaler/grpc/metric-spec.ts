import type { GetMetricSpecResponse } from '../../generated/externalscaler/GetMetricSpecResponse.ts';

/** The one metric of every trigger. */
export const metricName = 'required-replicas';

/**
 * What the HPA is to do with it: target 1, so that the value is the number of replicas. It is the same for every policy,
 * because KEDA reads a changed target only when it reconciles the ScaledObject; what changes is in the value.
 * KEDA 2.16 and older read only the integer.
 */
export const metricSpec: GetMetricSpecResponse = {
  metricSpecs: [{ metricName, targetSize: 1, targetSizeFloat: 1 }],
};
