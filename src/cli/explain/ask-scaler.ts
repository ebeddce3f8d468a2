import { z } from 'zod';
import { errorText } from '../../domain/error-text.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { UsageError } from '../../program/options.ts';
import { createHttpTextClient } from '../../signals/http/http-text.ts';
import type { HttpTextClient } from '../../signals/http/http-text.ts';
import { parseJson } from '../../signals/http/json.ts';
import { decisionAnswer } from './decision-answer.ts';
import type { DecisionAnswer } from './decision-answer.ts';

const timeoutMs = 5_000;
const list = z.object({ decisions: z.array(z.object({ namespace: z.string(), name: z.string() })) });

/** Asks a scaler for its decision on `namespace/name`. Throws UsageError that says what to do where there is none to be had. */
export async function askScaler(scaler: URL, name: string): Promise<DecisionAnswer> {
  const http = createHttpTextClient();
  try {
    const { status, body } = await ask(http, scaler, `/api/decisions/${name}`);
    const answer = decisionAnswer.safeParse(parseJson(body));
    if (status === 200 && answer.success) return answer.data;
    throw new UsageError(await describeRefusal(http, scaler, name));
  } finally {
    http.close();
  }
}

async function ask(http: HttpTextClient, scaler: URL, path: string): Promise<{ status: number; body: string }> {
  const url = new URL(scaler);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
  try {
    return await http.ask({ url, deadline: AbortSignal.timeout(timeoutMs) });
  } catch (error) {
    throw new UsageError(`${errorText(error)}; name the scaler's HTTP port with --scaler (see --help)`, {
      cause: error,
    });
  }
}

/** Where the answer is no decision, the list of all tells whether it is a scaler at all, and what it knows. */
async function describeRefusal(http: HttpTextClient, scaler: URL, name: string): Promise<string> {
  const { status, body } = await ask(http, scaler, '/api/decisions');
  const known = list.safeParse(parseJson(body));
  if (status !== 200 || !known.success) {
    return `${scaler.host} is no pilotlight scaler of this version (it answered ${status}); name its HTTP port with --scaler`;
  }
  const names = known.data.decisions.map((one) => `${one.namespace}/${one.name}`);
  const meant = nearestName(name, names);
  const hint = meant === undefined ? `it knows ${describeNames(names)}` : `did you mean ${meant}?`;
  return `KEDA has not asked ${scaler.host} for ${name}; ${hint}`;
}

function describeNames(names: readonly string[]): string {
  const shown = [...new Set(names)].slice(0, 10);
  return names.length === 0 ? 'no ScaledObject yet' : `${shown.join(', ')}${names.length > shown.length ? ' …' : ''}`;
}
