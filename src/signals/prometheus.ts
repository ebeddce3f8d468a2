import { z } from 'zod';
import { addsUp } from '../domain/signal.ts';
import type { SignalName } from '../domain/signal.ts';
import type { PrometheusConnection } from './connections/connections.ts';
import { parseSampleValue } from './exposition/line.ts';
import type { HttpText, HttpTextClient } from './http/http-text.ts';
import { cut } from './reasons.ts';
import { readSecretFile } from './connections/secret-file.ts';
import type { Measurement, SignalSource } from './source.ts';

/** How much of Prometheus' own error text is passed on. */
const errorTextLength = 200;

/** `[time, number as text]`, as https://prometheus.io/docs/prometheus/latest/querying/api/ describes it. */
const point = z.tuple([z.number(), z.string()]);
const answer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('error'), error: z.string() }),
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      // A native histogram has `histogram` in the place of `value`.
      z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point.optional() })) }),
      z.object({ resultType: z.literal('scalar'), result: point }),
      z.object({ resultType: z.enum(['matrix', 'string']) }),
    ]),
  }),
]);

/**
 * Asks a Prometheus server (or what speaks its API) for the value of a query now. A query that gives no series is
 * absent; one that gives several is summed, and says so. Of a signal that does not add up, such as a latency, the highest
 * series counts; those that are NaN had no requests to tell of.
 */
export function createPrometheusSource(
  connection: PrometheusConnection,
  query: string,
  signals: readonly SignalName[],
  http: HttpTextClient,
): SignalSource {
  const url = new URL(connection.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/query`;
  return {
    label: `prometheus ${connection.name}`,
    signals,
    read: async (_workload, deadline) => {
      const headers = await authorization(connection);
      const text = await http.ask({ url, deadline, headers, form: new URLSearchParams({ query }) });
      const texts = readAnswer(text, url.host);
      return new Map(signals.map((signal) => [signal, measure(texts, signal)]));
    },
  };
}

async function authorization(connection: PrometheusConnection): Promise<Record<string, string>> {
  const { bearerTokenFile, username, passwordFile } = connection;
  if (bearerTokenFile !== undefined) {
    return { authorization: `Bearer ${await readSecretFile('bearerTokenFile', bearerTokenFile)}` };
  }
  if (username === undefined || passwordFile === undefined) return {};
  const credentials = `${username}:${await readSecretFile('passwordFile', passwordFile)}`;
  return { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/** One value for each series, undefined where it is a histogram; or why there is none. */
type Series = readonly (string | undefined)[] | Absence;
interface Absence {
  readonly reason: string;
}

function readAnswer({ status, body }: HttpText, host: string): Series {
  const parsed = answer.safeParse(parseJson(body));
  const said = parsed.success ? parsed.data : undefined;
  if (said?.status === 'error') throw new Error(`${host} answered: ${cut(said.error, errorTextLength)}`);
  if (status !== 200) throw new Error(`${host} answered ${status}`);
  if (said === undefined) throw new Error(`${host} answered something else than the result of a query`);
  const { data } = said;
  if (data.resultType === 'vector') return data.result.map(({ value }) => value?.[1]);
  if (data.resultType === 'scalar') return [data.result[1]];
  return { reason: `the query gave a ${data.resultType}, not a number` };
}

function measure(series: Series, signal: SignalName): Measurement {
  if ('reason' in series) return absent(series.reason);
  const count = series.length;
  if (count === 0) return absent('the query gave no series');
  if (series.includes(undefined)) return absent('the query gave a histogram, not a number', count);
  const texts = series.filter((text) => text !== undefined);
  const told = addsUp(signal) ? texts : texts.filter((text) => !Number.isNaN(parseSampleValue(text)));
  if (told.length === 0) return absent('the query gave NaN: no requests in its window', count, count);
  const odd = told.find((text) => !isUsable(text));
  if (odd !== undefined) return absent(count === 1 ? `the query gave ${cut(odd)}` : `one of ${count} series is ${cut(odd)}`, count); // prettier-ignore
  return combine(told.map(Number), count, signal);
}

function combine(values: readonly number[], count: number, signal: SignalName): Measurement {
  const value = addsUp(signal) ? values.reduce((sum, one) => sum + one, 0) : values.reduce((top, one) => Math.max(top, one)); // prettier-ignore
  const measured = { state: 'measured', value, coverage: { heard: count, expected: count } } as const;
  return count === 1 ? measured : { ...measured, note: `${addsUp(signal) ? 'sum' : 'highest'} of ${count} series` };
}

function isUsable(text: string): boolean {
  const value = parseSampleValue(text);
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

function absent(reason: string, expected = 1, heard = 0): Measurement {
  return { state: 'absent', reason, coverage: { heard, expected } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
