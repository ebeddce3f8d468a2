import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { Clock } from '../../../domain/clock.ts';
import type { ApiAccess } from './api-access.ts';
import { Gate } from './gate.ts';
import { KubeError, refusal } from './kube-error.ts';

/** How long the API server may take to begin an answer, and to send the whole of one that is no watch. */
const answerLimitMs = 15_000;
/**
 * Reads that are under way at the same time. A start lists five resources of each namespace; all at once they would strain
 * the API server, and each would take as long as all together.
 */
const mostReads = 8;
/** A dead connection that nobody closed is found by TCP within a minute of this silence. */
const keepAliveDelayMs = 30_000;

export type Query = Readonly<Record<string, string>>;

/** Asks the Kubernetes API server. */
export interface KubeClient {
  /** The JSON document at `path`. Rejects with KubeError. */
  get(path: string, query?: Query): Promise<unknown>;
  /** Creates an object in the collection at `path`. Rejects with KubeError, whose status is 409 where it is there already. */
  create(path: string, object: object): Promise<unknown>;
  /** Changes the object at `path` by a JSON merge patch (RFC 7396). Rejects with KubeError. */
  patch(path: string, change: object): Promise<unknown>;
  /**
   * Opens a watch and hands on each line of it, until the server ends it (resolves), `signal` is aborted or the
   * connection breaks (rejects with KubeError). Nothing heard for `silenceLimitMs` counts as broken.
   */
  watch(path: string, query: Query, options: WatchOptions): Promise<void>;
  /** Breaks off whatever is under way. */
  close(): void;
}

/** Names us as the writer in `metadata.managedFields`. */
const writer: Query = { fieldManager: 'pilotlight-scaler' };

interface Body {
  readonly method: 'POST' | 'PATCH';
  readonly type: string;
  readonly object: object;
}

interface WatchOptions {
  readonly signal: AbortSignal;
  readonly silenceLimitMs: number;
  readonly onOpen: () => void;
  readonly onLine: (line: string) => void;
}

/**
 * A client that keeps its connections. Credentials are taken anew for every request, so a rotated token, client certificate or
 * CA takes effect with the next one.
 */
export function kubeClient(access: ApiAccess, clock: Clock): KubeClient {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const closing = new AbortController();
  const reads = new Gate(mostReads);
  const send = async (path: string, query: Query, signal: AbortSignal, write?: Body): Promise<IncomingMessage> => {
    const { url, options } = await requestOptions(access, agents, `${path}?${new URLSearchParams(query).toString()}`);
    return begin(url, { ...options, signal }, write);
  };
  const ask = (path: string, query: Query, write?: Body): Promise<unknown> =>
    withLimit({ clock, path, limitMs: answerLimitMs, signal: closing.signal }, async ({ signal }) =>
      accept(path, await send(path, query, signal, write)),
    );
  return {
    get: (path, query = {}) => reads.pass(() => ask(path, query)),
    create: (path, object) => ask(path, writer, { method: 'POST', type: 'application/json', object }),
    patch: (path, change) =>
      ask(path, writer, { method: 'PATCH', type: 'application/merge-patch+json', object: change }),
    watch: (path, query, watch) => {
      const signal = AbortSignal.any([watch.signal, closing.signal]);
      return withLimit({ clock, path, limitMs: answerLimitMs, signal }, async (limit) => {
        const response = await send(path, { ...query, watch: 'true' }, limit.signal);
        if (response.statusCode !== 200) await accept(path, response);
        watch.onOpen();
        limit.restart(watch.silenceLimitMs);
        await readLines(response, (line) => {
          limit.restart(watch.silenceLimitMs);
          watch.onLine(line);
        });
      });
    },
    close: () => {
      closing.abort();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

async function requestOptions(
  access: ApiAccess,
  agents: { http: HttpAgent; https: HttpsAgent },
  pathAndQuery: string,
): Promise<{ url: URL; options: RequestOptions }> {
  const url = new URL(access.server + pathAndQuery);
  const options = await access.credentials();
  // A proxy's agent must stay; any other is replaced, since kubeconfig agents open a connection for every request.
  if (!access.usesProxy) options.agent = url.protocol === 'http:' ? agents.http : agents.https;
  options.headers = { ...(options.headers as Record<string, string> | undefined), accept: 'application/json' };
  return { url, options };
}

function begin(url: URL, given: RequestOptions, write: Body | undefined): Promise<IncomingMessage> {
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  const headers = given.headers as Record<string, string>;
  const options = write ? { ...given, method: write.method, headers: { ...headers, 'content-type': write.type } } : given; // prettier-ignore
  return new Promise((resolve, reject) => {
    const request = send(url, options, resolve);
    request.setSocketKeepAlive(true, keepAliveDelayMs);
    request.on('error', reject);
    request.end(write && JSON.stringify(write.object));
  });
}

interface Limit {
  readonly signal: AbortSignal;
  restart(limitMs: number): void;
}

/** Runs `work` until it ends, `signal` is aborted, or nothing restarts the limit in time; rejects with KubeError only. */
async function withLimit<T>(
  setting: { clock: Clock; path: string; limitMs: number; signal: AbortSignal },
  work: (limit: Limit) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  let silenceMs = setting.limitMs;
  const expire = (): void => late.abort();
  let cancel = setting.clock.after(silenceMs, expire);
  const restart = (limitMs: number): void => {
    cancel();
    silenceMs = limitMs;
    cancel = setting.clock.after(limitMs, expire);
  };
  try {
    return await work({ signal: AbortSignal.any([setting.signal, late.signal]), restart });
  } catch (error) {
    if (late.signal.aborted) throw new KubeError(`${setting.path}: no answer within ${silenceMs / 1_000} s`);
    throw error instanceof KubeError ? error : new KubeError(`${setting.path}: ${describe(error)}`);
  } finally {
    cancel();
  }
}

async function accept(path: string, response: IncomingMessage): Promise<unknown> {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
  const status = response.statusCode ?? 0;
  if (status !== 200 && status !== 201) throw refusal(path, status, body);
  try {
    return JSON.parse(body);
  } catch {
    throw new KubeError(`${path}: the answer is not JSON`);
  }
}

async function readLines(response: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  }
}

/** Connection errors of several addresses hide their texts in `errors`; the code is what tells. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ((error as NodeJS.ErrnoException).code ?? error.name);
}
