import { z } from 'zod';
import { durationExample, parseDuration } from '../../../domain/duration.ts';
import { checkHttp, httpShape, namespaces } from '../../connections/settings-parts.ts';

const longestLookbackMs = 3_600_000;
const shortestLookbackMs = 1_000;

const lookback = z.string(`must be ${durationExample}`).transform((value, context) => {
  const ms = parseDuration(value);
  if (ms !== undefined && ms >= shortestLookbackMs && ms <= longestLookbackMs) return ms;
  context.issues.push({ code: 'custom', message: `must be ${durationExample}, from 1s up to 1h`, input: value });
  return z.NEVER;
});

/** A Prometheus server, or what speaks its API: Thanos, VictoriaMetrics, Mimir. `url` is what stands before `/api/v1/query`. */
export const prometheusSettings = z
  .strictObject({
    type: z.literal('prometheus'),
    ...httpShape,
    /** Sent with each query: `partial_response` and `dedup` of Thanos, `nocache` and `extra_label` of VictoriaMetrics. */
    parameters: z
      .record(z.string(), z.string('must be a text'), 'must be a map from names of parameters to texts')
      .refine((given) => !['query', 'time', 'start', 'end', 'step'].some((name) => name in given), {
        message: 'must not hold query, time, start, end or step',
      })
      .optional(),
    /** Looks this far back and takes the newest point, for servers that get their samples late. */
    lookback: lookback.optional(),
    namespaces,
  })
  .superRefine(checkHttp);
