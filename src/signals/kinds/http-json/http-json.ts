import type { HttpJsonConnection } from '../../connections/connections.ts';
import { HttpAccess } from '../../connections/http-access.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { parseJson } from '../../http/json.ts';
import { cut } from '../../reasons.ts';
import type { Measurement } from '../../source.ts';
import { absent, counted } from '../measurement.ts';
import { followJsonPointer, parseJsonPointer } from './json-pointer.ts';

/** Reads one number of a JSON document, by a pointer. All signals of one pointer get the same number. */
export function openHttpJson(connection: HttpJsonConnection, { http, secrets }: ConnectionTools): OpenConnection {
  const access = new HttpAccess(connection, http, secrets);
  const search = connection.url.searchParams;
  return {
    source: ({ query = '' }, signals) => ({
      label: `http-json ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const measurement = numberAt(await access.text({ path: '', search, deadline }), query, access.host);
        return new Map(signals.map((signal) => [signal, measurement]));
      },
    }),
    close: () => undefined,
  };
}

function numberAt(text: string, pointer: string, host: string): Measurement {
  const steps = parseJsonPointer(pointer);
  if (steps === undefined) {
    throw new Error(`"${cut(pointer)}" is no JSON pointer; write one such as /jobs/waiting, with ~1 for a slash and ~0 for a tilde in a name`); // prettier-ignore
  }
  const document = parseJson(text);
  if (document === undefined) throw new Error(`${host} answered something else than JSON`);
  const { found, value } = followJsonPointer(document, steps);
  return found ? counted(value, `what is at "${cut(pointer)}"`) : absent(`the answer has nothing at "${cut(pointer)}"`);
}
