import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { keepAtMost } from './kept-connections.ts';
import { describeNetworkError, errorCode } from './network-error.ts';

interface HttpTextRequest {
  readonly url: URL;
  /** Ends the request; the error then says that the host did not answer in time. */
  readonly deadline: AbortSignal;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as a form by POST; a request without one is a GET. */
  readonly form?: URLSearchParams;
}

export interface HttpText {
  readonly status: number;
  readonly body: string;
}

export interface HttpTextClient {
  /**
   * Asks over a connection that is kept for the next time. Any status is an answer; redirects are not followed. Rejects
   * with the host and what went wrong, and never with a header, a path or a form.
   */
  ask(request: HttpTextRequest): Promise<HttpText>;
  /** Like `ask`, for the text of a 200; rejects for any other status. */
  text(request: HttpTextRequest): Promise<string>;
  /** Closes the kept connections. */
  close(): void;
}

const mebibyte = 1_048_576;
/** Connections that nobody used for so long are closed: most belong to pods that are gone. */
const idleConnectionMs = 60_000;
const mostKeptConnections = 1_000;

export function createHttpTextClient(options: { maxBytes?: number } = {}): HttpTextClient {
  const maxBytes = options.maxBytes ?? 16 * mebibyte;
  const agents = {
    http: new HttpAgent({ keepAlive: true, timeout: idleConnectionMs }),
    https: new HttpsAgent({ keepAlive: true, timeout: idleConnectionMs }),
  };
  for (const agent of [agents.http, agents.https]) keepAtMost(agent, mostKeptConnections);
  const ask = (request: HttpTextRequest): Promise<HttpText> => askTwice(request, agents, maxBytes);
  return {
    ask,
    text: async (request) => textOf(request.url, await ask(request)),
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function textOf(url: URL, answer: HttpText): string {
  if (answer.status === 200) return answer.body;
  const hint = answer.status >= 300 && answer.status < 400 ? '; redirects are not followed' : '';
  throw new Error(`${url.host} answered ${answer.status}${hint}`);
}

/**
 * A server may close a kept connection at the very moment it is used again, which says nothing of the server's health;
 * so what fails on a kept connection is asked once more.
 */
async function askTwice(request: HttpTextRequest, agents: Agents, maxBytes: number): Promise<HttpText> {
  let first: ClientRequest | undefined;
  try {
    first = start(request, agents);
    return await receive(first, request.url.host, maxBytes);
  } catch (error) {
    const mayBeStale = first?.reusedSocket && errorCode(error) === 'ECONNRESET' && !request.deadline.aborted;
    if (!mayBeStale) throw inWords(request.url.host, error);
  }
  return receive(start(request, agents), request.url.host, maxBytes).catch((error: unknown) => {
    throw inWords(request.url.host, error);
  });
}

function start({ url, deadline, headers, form }: HttpTextRequest, agents: Agents): ClientRequest {
  const body = form?.toString();
  const formHeaders = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body ?? '') }; // prettier-ignore
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: '*/*', ...(body === undefined ? {} : formHeaders), ...headers },
    signal: deadline,
  };
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, agent: agents.https })
      : httpRequest(url, { ...options, agent: agents.http });
  return request.end(body);
}

class TooMuchText extends Error {}

/** Resolves with the whole answer, or rejects with Node's error or TooMuchText. */
function receive(request: ClientRequest, host: string, maxBytes: number): Promise<HttpText> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > maxBytes) request.destroy(new TooMuchText(`${host} sent more than ${maxBytes / mebibyte} MiB`));
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
  });
}

function inWords(host: string, error: unknown): Error {
  return error instanceof TooMuchText ? error : describeNetworkError(host, error);
}
