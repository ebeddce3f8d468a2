import { z } from 'zod';
import type { HttpText } from '../../http/http-text.ts';
import { parseJson } from '../../http/json.ts';
import { cut } from '../../reasons.ts';

/** How much of Prometheus' own error text is passed on. */
const errorTextLength = 200;

/** `[time in seconds, number as text]`, as https://prometheus.io/docs/prometheus/latest/querying/api/ describes it. */
export const point = z.tuple([z.number(), z.string()]);
export type Point = z.infer<typeof point>;

const failure = z.object({ status: z.literal('error'), error: z.string() });

/** What an answer of Prometheus' API holds. */
interface ApiAnswer<T> {
  readonly data: T;
  /** That a part of what was asked for is missing, in words; absent where nothing is known to be. */
  readonly missing?: string;
}

/** Reads an answer of Prometheus' API whose data have this form. Throws with the server's own words where it could not answer. */
export function readApiAnswer<T>({ status, body }: HttpText, host: string, form: z.ZodType<T>): ApiAnswer<T> {
  const json = parseJson(body);
  const failed = failure.safeParse(json);
  if (failed.success) throw new Error(`${host} answered: ${cut(failed.data.error, errorTextLength)}`);
  if (status !== 200) throw new Error(`${host} answered ${status}`);
  const success = successWith(form).safeParse(json);
  if (!success.success) throw new Error(`${host} answered something else than the result of a query`);
  const missing = describeMissing(success.data);
  return { data: success.data.data, ...(missing !== undefined && { missing }) };
}

function successWith<T>(data: z.ZodType<T>) {
  return z.object({
    status: z.literal('success'),
    /** Thanos says here which stores did not answer; Prometheus says what is doubtful about the query. */
    warnings: z.array(z.string()).nullish(),
    /** VictoriaMetrics' word for the same. */
    isPartial: z.boolean().nullish(),
    data,
  });
}

type Doubts = Pick<z.infer<ReturnType<typeof successWith>>, 'warnings' | 'isPartial'>;

function describeMissing({ warnings, isPartial }: Doubts): string | undefined {
  const warning = warnings?.find((text) => !text.startsWith('PromQL'));
  if (warning === undefined && isPartial !== true) return undefined;
  return `a part is missing${warning === undefined ? '' : `: ${cut(warning)}`}`;
}
