import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { explainListening } from '../domain/port-error.ts';

/**
 * Not by an import: that of a builtin module looks at all that it exports, and `WebSocket` of this one loads the whole client
 * behind `fetch`: 10 MiB of the exporter's resident memory.
 */
const { createServer: createHttpServer } = process.getBuiltinModule('node:http');

/** What a route answers. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Others than those that every answer has; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In one piece, or in several that are sent one after the other. */
  readonly body: string | readonly Buffer[];
}

/** Answers one path. `match` holds what followed the prefix of a route that ends in `/`. */
export type HttpRoute = (match: string) => HttpAnswer | Promise<HttpAnswer>;

/** Certificates that may be replaced while the server runs, as node:tls takes them. */
interface RotatingTls {
  readonly current: SecureContextOptions;
  onChange(listener: (replaced: SecureContextOptions) => void): void;
}

/** What stands between a server and whoever can reach it. */
export interface HttpProtection {
  /** Serves over TLS, and asks clients for a certificate where there are authorities to check it by. */
  readonly tls?: RotatingTls;
  /** Answers in the route's place where the request may not have it; undefined lets it through. */
  readonly refuse?: (request: IncomingMessage, path: string) => Promise<HttpAnswer | undefined>;
}

export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Serves GET and HEAD of a few fixed paths: `/metrics` by that very name, `/api/decisions/` with all that follows. Any
 * other path is 404, any other method 405, and a route that throws 500; none of them ends the program. Rejects with
 * PortError where the port can't be had.
 */
export async function serveHttp(
  routes: Readonly<Record<string, HttpRoute>>,
  listen: { host: string; port: number },
  protection: HttpProtection = {},
): Promise<HttpServer> {
  const server = await createServer(protection.tls, (request, response) => {
    void answer(routes, request, protection).then((result) => send(request, response, result));
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explainListening(error, listen)));
    server.listen(listen.port, listen.host, resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => closeServer(server) };
}

async function createServer(tls: RotatingTls | undefined, listener: RequestListener): Promise<Server> {
  if (!tls) return createHttpServer(listener);
  // Loaded only where it is used: the exporter counts its megabytes.
  const { createServer: createHttpsServer } = await import('node:https');
  // Who shows no certificate, or a stranger's, is refused by path: the kubelet's probes have none.
  const clients = { requestCert: tls.current.ca !== undefined, rejectUnauthorized: false };
  const server = createHttpsServer({ ...tls.current, ...clients }, listener);
  tls.onChange((replaced) => server.setSecureContext(replaced));
  return server;
}

export function textAnswer(status: number, body: string): HttpAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return { status, contentType: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

async function answer(
  routes: Readonly<Record<string, HttpRoute>>,
  request: IncomingMessage,
  { refuse }: HttpProtection,
): Promise<HttpAnswer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return textAnswer(405, 'only GET is served');
  const path = (request.url ?? '/').replace(/\?.*$/, '');
  const found = Object.entries(routes).find(([route]) => route === path || isPrefix(route, path));
  if (!found) return textAnswer(404, `nothing at ${path.slice(0, 80)}; served here: ${Object.keys(routes).join(' ')}`);
  const [prefix, serve] = found;
  try {
    return (await refuse?.(request, path)) ?? (await serve(path.slice(prefix.length)));
  } catch (error) {
    return textAnswer(500, error instanceof Error ? error.message : 'internal error');
  }
}

function isPrefix(route: string, path: string): boolean {
  return route.length > 1 && route.endsWith('/') && path.startsWith(route);
}

/** What a status must say beside itself. */
const headersOf: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'GET, HEAD' },
};

function send(request: IncomingMessage, response: ServerResponse, result: HttpAnswer): void {
  const chunks = typeof result.body === 'string' ? [Buffer.from(result.body)] : result.body;
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const headers = { ...result.headers, 'content-type': result.contentType, 'content-length': length };
  response.writeHead(result.status, { ...headers, ...headersOf[result.status] });
  if (request.method !== 'HEAD') for (const chunk of chunks) response.write(chunk);
  response.end();
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
