import { z } from 'zod';
import { errorText } from '../../../domain/error-text.ts';
import type { SignalName } from '../../../domain/signal.ts';
import type { KedaHttpConnection } from '../../connections/connections.ts';
import { HttpAccess } from '../../connections/http-access.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { parseJson } from '../../http/json.ts';
import { resolveHost } from '../../network/refused-addresses.ts';
import { describeNetworkError } from '../../network/network-error.ts';
import { mapAtMost } from '../../parallel.ts';
import { cut, listReasons } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { counted } from '../measurement.ts';

/** The interceptors count what is inside: what they hold back until a pod is ready, and what is being served. */
export const kedaHttpSignals: readonly SignalName[] = ['concurrency'];

const mostAtOnce = 16;
/** By `namespace/name` of the route. */
const counts = z.record(z.string(), z.object({ Concurrency: z.unknown().optional() }));

type Heard = { readonly measurement: Measurement } | { readonly failure: string };

/**
 * Reads how many requests for one route are inside the interceptors of KEDA's HTTP add-on, all replicas together: each
 * address of the host is asked. One that does not answer is missing from the coverage, so the sum lowers nothing.
 */
export function openKedaHttp(connection: KedaHttpConnection, { http, secrets }: ConnectionTools): OpenConnection {
  const access = new HttpAccess(connection, http, secrets);
  const askAll = async (route: string, deadline: AbortSignal): Promise<Measurement> => {
    const addresses = await resolveHost(connection.url.hostname).catch((error: unknown) => {
      throw describeNetworkError(access.host, error);
    });
    return sumUp(
      await mapAtMost(mostAtOnce, addresses, (address) => askOne(access, { route, address, deadline })),
      route,
    );
  };
  return {
    source: ({ key = '' }, signals) => ({
      label: `keda-http ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const measurement = await askAll(key, deadline);
        return new Map(signals.map((signal) => [signal, measurement]));
      },
    }),
    close: () => undefined,
  };
}

interface OneQuestion {
  readonly route: string;
  readonly address: string;
  readonly deadline: AbortSignal;
}

async function askOne(access: HttpAccess, { route, address, deadline }: OneQuestion): Promise<Heard> {
  try {
    const told = counts.safeParse(parseJson(await access.text({ path: '/queue', address, deadline })));
    if (!told.success) throw new Error(`${access.host} answered something else than the counts of an interceptor`);
    if (!Object.hasOwn(told.data, route)) return { measurement: absentRoute(route, Object.keys(told.data)) };
    return { measurement: counted(told.data[route]?.Concurrency, `Concurrency of "${cut(route)}"`) };
  } catch (error) {
    return { failure: errorText(error) };
  }
}

function absentRoute(route: string, known: readonly string[]): Measurement {
  const hint = known.length === 0 ? 'there is none' : `write namespace/name of one that there is`;
  return { state: 'absent', reason: `the interceptors know no route "${cut(route)}"; ${hint}`, coverage: { heard: 0, expected: 1 } }; // prettier-ignore
}

function sumUp(heard: readonly Heard[], route: string): Measurement {
  const told = heard.flatMap((one) => ('measurement' in one ? [one.measurement] : []));
  const failures = heard.flatMap((one) => ('failure' in one ? [one.failure] : []));
  if (told.length === 0) throw new Error(listReasons(failures));
  const numbers = told.filter((one) => one.state === 'measured');
  const [gap] = told.filter((one) => one.state === 'absent');
  if (gap && numbers.length === 0) return { ...gap, coverage: { heard: 0, expected: heard.length } };
  const value = numbers.reduce((sum, one) => sum + one.value, 0);
  const note = failures.length > 0 ? listReasons(failures) : `sum of ${heard.length} interceptors for "${cut(route)}"`;
  const measured = { state: 'measured', value, coverage: { heard: numbers.length, expected: heard.length } } as const;
  return heard.length === 1 ? measured : { ...measured, note };
}
