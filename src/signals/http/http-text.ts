import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { keepAtMost } from './kept-connections.ts';
import { describeNetworkError, errorCode } from '../network/network-error.ts';
import type { TlsSettingNames } from '../network/network-error.ts';
import { checkHost, guardedLookup } from '../network/refused-addresses.ts';
import type { TlsMaterial } from '../network/tls-material.ts';

export interface HttpTextRequest {
  readonly url: URL;
  /** Ends the request; the error then says that the host did not answer in time. */
  readonly deadline: AbortSignal;
  readonly headers?: OutgoingHttpHeaders;
  /** Sent as a form by POST; a request without a form or a body is a GET. */
  readonly form?: URLSearchParams;
  /** Sent as it is by POST; the headers say what it is. */
  readonly body?: string | Uint8Array;
  /** For https: whom to trust and who we are. Requests that differ in it never share a connection. */
  readonly tls?: TlsMaterial;
  /** What reasons call the settings that `tls` comes from; as connections do, where absent. */
  readonly tlsNames?: TlsSettingNames;
}

/** What an answer says before its body. */
interface AnswerHead {
  readonly status: number;
  /** Where a redirect leads. */
  readonly location?: string | undefined;
  readonly contentType?: string | undefined;
}

export interface HttpText extends AnswerHead {
  readonly body: string;
}

/** Makes something of a body whose bytes it is given one piece after the other. */
interface BodyReader<T> {
  write(bytes: Uint8Array): void;
  /** The body is complete. */
  end(): T;
}

export interface HttpTextClient {
  /**
   * Asks over a connection that is kept for the next time. Any status is an answer; redirects are not followed. Rejects
   * with the host and what went wrong, and never with a header, a path or a form; so it does where the host is, or
   * resolves to, a link-local or metadata address.
   */
  ask(request: HttpTextRequest): Promise<HttpText>;
  /** Like `ask`, for the text of a 200; rejects for any other status. */
  text(request: HttpTextRequest): Promise<string>;
  /**
   * Like `text`, but the body of a 200 is read as it comes, and never kept as a whole.
   * @param open called for each answer, of which there are two where the first connection was lost
   */
  read<T>(request: HttpTextRequest, open: (contentType?: string) => BodyReader<T>): Promise<T>;
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
    http: new HttpAgent({ keepAlive: true, timeout: idleConnectionMs, lookup: guardedLookup }),
    https: new HttpsAgent({ keepAlive: true, timeout: idleConnectionMs, lookup: guardedLookup }),
  };
  for (const agent of [agents.http, agents.https]) keepAtMost(agent, mostKeptConnections);
  const exchange = <T>(request: HttpTextRequest, open: Open<T>): Promise<T> => askTwice(request, agents, { maxBytes, open }); // prettier-ignore
  const read = <T>(request: HttpTextRequest, open: (contentType?: string) => BodyReader<T>): Promise<T> =>
    exchange(request, ({ status, contentType }) =>
      status === 200 ? open(contentType) : new Refusal(request.url.host, status),
    );
  return {
    ask: (request) => exchange(request, (head) => new WholeText((body) => ({ ...head, body }))),
    text: (request) => read(request, () => new WholeText((body) => body)),
    read,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

/** Picks who reads the body of an answer. */
type Open<T> = (head: AnswerHead) => BodyReader<T>;

/** Keeps a body until it is complete. */
class WholeText<T> implements BodyReader<T> {
  readonly #chunks: Uint8Array[] = [];
  readonly #finish: (body: string) => T;

  constructor(finish: (body: string) => T) {
    this.#finish = finish;
  }

  write(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
  }

  end(): T {
    return this.#finish(Buffer.concat(this.#chunks).toString('utf8'));
  }
}

/** Lets an answer that is none go by, so that its connection can be kept. */
class Refusal implements BodyReader<never> {
  readonly #message: string;

  constructor(host: string, status: number) {
    const hint = status >= 300 && status < 400 ? '; redirects are not followed' : '';
    this.#message = `${host} answered ${status}${hint}`;
  }

  write(): void {
    // What it says does not matter.
  }

  end(): never {
    throw new AnswerError(this.#message);
  }
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

/**
 * A server may close a kept connection at the very moment it is used again, which says nothing of the server's health;
 * so what fails on a kept connection is asked once more.
 */
async function askTwice<T>(request: HttpTextRequest, agents: Agents, body: BodyPlan<T>): Promise<T> {
  const { host } = request.url;
  const inWords = (error: unknown): Error =>
    error instanceof AnswerError ? error : describeNetworkError(host, error, request.tlsNames);
  let first: ClientRequest | undefined;
  try {
    first = start(request, agents);
    return await receive(first, host, body);
  } catch (error) {
    const mayBeStale = first?.reusedSocket && errorCode(error) === 'ECONNRESET' && !request.deadline.aborted;
    if (!mayBeStale) throw inWords(error);
  }
  return receive(start(request, agents), host, body).catch((error: unknown) => {
    throw inWords(error);
  });
}

interface BodyPlan<T> {
  readonly maxBytes: number;
  readonly open: Open<T>;
}

function start(
  { url, deadline, headers, form, body = form?.toString(), tls }: HttpTextRequest,
  agents: Agents,
): ClientRequest {
  checkHost(url.hostname);
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const formType = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  const options = {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: '*/*', ...length, ...formType, ...headers },
    signal: deadline,
  };
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...options, ...tls, agent: agents.https })
      : httpRequest(url, { ...options, agent: agents.http });
  return request.end(body);
}

/** What an answer said or was that makes it none, in words that name its host. */
class AnswerError extends Error {}

/** Resolves with what was made of the whole answer, or rejects with Node's error or AnswerError. */
function receive<T>(request: ClientRequest, host: string, { maxBytes, open }: BodyPlan<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response: IncomingMessage) => {
      const { location, 'content-type': contentType } = response.headers;
      const body = open({ status: response.statusCode ?? 0, location, contentType });
      let bytes = 0;
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= maxBytes) body.write(chunk);
        else request.destroy(new AnswerError(`${host} sent more than ${maxBytes / mebibyte} MiB`));
      });
      response.on('end', () => resolve(Promise.try(() => body.end())));
    });
  });
}
