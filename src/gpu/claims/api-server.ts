import { request as requestPlainly } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { readServiceAccount } from '../../credentials/service-account.ts';

/** A node has a few slices; an answer that is larger is none of ours. */
const longestAnswer = 16 * 1_048_576;
const patienceMs = 10_000;

export interface ApiServerSettings {
  /** `https://kubernetes.default.svc` */
  readonly url: string;
  /** The folder of `token` and `ca.crt`, which are read for each question: both are exchanged under a running pod. */
  readonly serviceAccountPath: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly text: string;
}

/**
 * Asks the API server as the pod's service account; over plain HTTP, as to `kubectl proxy`, without its token. Rejects
 * with an Error in words that hold no secret.
 */
export async function askApiServer(settings: ApiServerSettings, path: string, stop: AbortSignal): Promise<ApiAnswer> {
  const url = new URL(path, settings.url);
  const isSecure = url.protocol === 'https:';
  const account = isSecure ? await readServiceAccount(settings.serviceAccountPath) : undefined;
  const headers = { accept: 'application/json', ...(account && { authorization: `Bearer ${account.token}` }) };
  const signal = AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]);
  try {
    return await send(url, { headers, signal, ...(account && { ca: account.ca }) });
  } catch (error) {
    throw new Error(`the API server at ${url.origin} ${explain(error)}`, { cause: error });
  }
}

function send(url: URL, options: RequestOptions & { ca?: string }): Promise<ApiAnswer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestSecurely : requestPlainly;
    request(url, options, (response) => {
      readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
    })
      .on('error', reject)
      .end();
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > longestAnswer) throw new Error(`answered with more than ${longestAnswer / 1_048_576} MiB`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function explain(error: unknown): string {
  const { name, code, message } = error as NodeJS.ErrnoException;
  if (name === 'AbortError' || name === 'TimeoutError') return `did not answer within ${patienceMs / 1_000} s`;
  if (code === 'ECONNREFUSED') return 'refused the connection';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has no address';
  if (code !== undefined && /CERT|SIGNATURE|ISSUER|SIGNED/.test(code)) return `has a certificate that ca.crt does not vouch for (${code})`; // prettier-ignore
  return code === undefined ? message : `can't be asked (${code})`;
}
