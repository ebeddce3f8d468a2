import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { ApiAccess } from '../../src/kubernetes/cluster/api/api-access.ts';
import { accessOf } from '../../src/kubernetes/cluster/api/kube-config.ts';
import { eventOf, KubeStore, scaleOf } from './kube-store.ts';
import type { Change, Filter, ServedKind, WatchEvent } from './kube-store.ts';
import type { KubeObject } from './kube-objects.ts';

interface OpenWatch {
  readonly kind: ServedKind;
  readonly namespace: string;
  readonly filter: Filter;
  readonly response: ServerResponse;
}

interface Target {
  readonly kind: ServedKind;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/** What was asked of the stand-in, for tests that count. */
interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** What was to be written; undefined for a read. */
  readonly body?: unknown;
}

/** Starts a Kubernetes API server stand-in on a free port of this machine. Close it when the test ends. */
export async function startKubeApi(): Promise<KubeApiStandIn> {
  const api = new KubeApiStandIn();
  await api.comeBack();
  return api;
}

/**
 * A Kubernetes API server over plain HTTP, as far as pilotlight talks to one: discovery, get, list (with limit and
 * continue) and watch of pods, deployments, statefulsets, scaledobjects and whatever kind is added with `serve`, the
 * scale subresource, resource versions, label and field selectors, bookmarks, create, JSON merge patch with a resource
 * version as its condition, and Status objects for 401, 403, 404, 409 and 410. Tests write objects with `apply` and `remove`, and break it with the methods named for what breaks.
 */
export class KubeApiStandIn {
  /** Only this bearer token is let in, where set; anything else is 401. */
  token: string | undefined;
  /** Paths that contain one of these are 403. */
  readonly forbidden: string[] = [];
  /** Whatever would write is 403. */
  readOnly = false;
  /** Every answer, and every opened watch, waits for this first: answers slowly, or never when it stays pending. */
  holdUntil: Promise<void> = Promise.resolve();
  /** How a watch from a version that is too old is answered: as a status, or as an event within the stream. */
  expiredAs: 'status' | 'event' = 'event';
  readonly requests: SeenRequest[] = [];
  readonly #store = new KubeStore();
  readonly #watches = new Set<OpenWatch>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Watches that are open now. */
  get openWatches(): number {
    return this.#watches.size;
  }

  /** TCP connections that clients hold now. */
  get openSockets(): number {
    return this.#sockets.size;
  }

  /** The same as a file for programs. */
  kubeConfig(token?: string): KubeConfig {
    const config = new KubeConfig();
    // The client refuses plain HTTP unless TLS checks are off.
    const cluster = { name: 'stand-in', server: this.url, skipTLSVerify: true };
    config.loadFromClusterAndUser(cluster, { name: 'test', ...(token !== undefined && { token }) });
    return config;
  }

  /** How a client is let in. */
  access(token?: string): ApiAccess {
    return accessOf(this.kubeConfig(token));
  }

  /** Adds a resource, such as a custom one. */
  serve(kind: ServedKind): void {
    this.#store.kinds.push(kind);
  }

  /** Creates the object or puts it in place of the one that has its name. */
  apply(...objects: KubeObject[]): void {
    for (const object of objects) this.#publish(this.#store.apply(object));
  }

  remove(kind: string, name: string, namespace = 'inference'): void {
    const change = this.#store.remove(kind, namespace, name);
    if (change) this.#publish(change);
  }

  /** All objects there are. */
  objects(): KubeObject[] {
    return this.#store.kinds.flatMap((kind) => this.#store.list(kind, '', { labelSelector: '', fieldSelector: '' }));
  }

  /** Writes any line into the open watches of a resource: what a faulty server or proxy might send. */
  inject(plural: string, line: string): void {
    for (const watch of this.#watches) if (watch.kind.plural === plural) watch.response.write(`${line}\n`);
  }

  /** Sends every open watch a bookmark with the newest version. */
  bookmark(): void {
    for (const { kind, response } of this.#watches) send(response, bookmarkOf(kind, this.#store.version));
  }

  /** Forgets the history, as compaction does: watches that start from before now are answered 410. */
  expireHistory(): void {
    this.#store.version += 1;
    this.#store.oldestVersion = this.#store.version;
  }

  /** Ends all watches: in good order, or by cutting the connections. */
  dropWatches(how: 'end' | 'cut' = 'cut'): void {
    for (const { response } of this.#watches) {
      if (how === 'end') response.end();
      else response.destroy();
    }
    this.#watches.clear();
  }

  /** Open watches stay open and hear nothing any more, as behind a network that swallows packets. */
  muteWatches(): void {
    this.#watches.clear();
  }

  /** Stops to listen and cuts every connection. */
  async goDown(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  /** Listens again, on the same port as before. */
  async comeBack(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  close(): Promise<void> {
    return this.goDown();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', this.url);
    const body = await readBody(request);
    const method = request.method ?? '';
    this.requests.push({ method, path, query, ...(body !== undefined && { body }) });
    await this.holdUntil;
    try {
      this.#admit(request, path);
      const target = targetOf(this.#store.kinds, path);
      if (method === 'POST' || method === 'PATCH') this.#write(request, response, target, body);
      else if (!target) answerJson(response, 200, discover(this.#store.kinds, path));
      else this.#read(response, target, query);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answerJson(response, error.code, error.status);
    }
  }

  #read(response: ServerResponse, target: Target, query: URLSearchParams): void {
    if (target.name !== undefined) answerJson(response, 200, this.#get(target, target.name));
    else if (query.get('watch') === 'true') this.#watch(response, target, query);
    else answerJson(response, 200, listPage(this.#store, target, query));
  }

  #admit(request: IncomingMessage, path: string): void {
    const isKnown = this.token === undefined || request.headers.authorization === `Bearer ${this.token}`;
    if (!isKnown) throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    const isWrite = request.method !== 'GET';
    if (this.forbidden.some((part) => path.includes(part)) || (isWrite && this.readOnly)) {
      throw new Refusal(403, 'Forbidden', `${path} is forbidden: User "test" cannot do this`);
    }
  }

  #write(request: IncomingMessage, response: ServerResponse, target: Target | undefined, body: unknown): void {
    if (!target) throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
    const { kind, namespace, name } = target;
    if (name === undefined) answerJson(response, 201, this.#create(kind, namespace, body as KubeObject));
    else if (request.headers['content-type'] !== 'application/merge-patch+json')
      throw new Refusal(415, 'UnsupportedMediaType', 'not a merge patch'); // prettier-ignore
    else answerJson(response, 200, this.#patch(kind, namespace, name, body));
  }

  #create(kind: ServedKind, namespace: string, object: KubeObject): unknown {
    const { name } = object.metadata;
    if (this.#store.get(kind, namespace, name)) throw new Refusal(409, 'AlreadyExists', `${kind.plural} "${name}" already exists`); // prettier-ignore
    this.apply(object);
    return this.#store.get(kind, namespace, name);
  }

  #patch(kind: ServedKind, namespace: string, name: string, change: unknown): unknown {
    const before = this.#store.get(kind, namespace, name);
    if (!before) throw new Refusal(404, 'NotFound', `${kind.plural} "${name}" not found`);
    const { metadata } = change as { metadata?: { resourceVersion?: string } };
    const version = metadata?.resourceVersion;
    if (version !== undefined && version !== before.metadata['resourceVersion']) {
      throw new Refusal(409, 'Conflict', 'the object has been modified');
    }
    this.apply(mergePatch(before, change) as KubeObject);
    return this.#store.get(kind, namespace, name);
  }

  #get({ kind, namespace, subresource }: Target, name: string): unknown {
    if (subresource !== undefined && (subresource !== 'scale' || kind.scaleSelectorPath === undefined)) {
      throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
    }
    const object = this.#store.get(kind, namespace, name);
    if (!object) throw new Refusal(404, 'NotFound', `${kind.plural} "${name}" not found`);
    return subresource === 'scale' ? scaleOf(kind, object) : object;
  }

  #watch(response: ServerResponse, { kind, namespace }: Target, query: URLSearchParams): void {
    const from = Number(query.get('resourceVersion') ?? 0);
    const tooOld = new Refusal(410, 'Expired', `too old resource version: ${from} (${this.#store.oldestVersion})`);
    const isExpired = from !== 0 && from < this.#store.oldestVersion;
    if (isExpired && this.expiredAs === 'status') throw tooOld;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (isExpired) {
      send(response, { type: 'ERROR', object: tooOld.status });
      response.end();
      return;
    }
    const watch = { kind, namespace, filter: filterOf(query), response };
    for (const event of this.#backlog(watch, from)) send(response, event);
    this.#watches.add(watch);
    const timer = setTimeout(() => response.end(), Number(query.get('timeoutSeconds') ?? 1_800) * 1_000);
    response.on('close', () => {
      clearTimeout(timer);
      this.#watches.delete(watch);
    });
  }

  /** What a new watch is told first: all that is there, or all that has happened since the version it names. */
  #backlog(watch: OpenWatch, from: number): WatchEvent[] {
    if (from > 0) {
      const since = this.#store.history.filter(({ version }) => version > from);
      return since.flatMap((change) => visibleEvent(watch, change) ?? []);
    }
    const present = this.#store.list(watch.kind, watch.namespace, watch.filter);
    return present.map((object) => ({ type: 'ADDED', object }));
  }

  #publish(change: Change): void {
    for (const watch of this.#watches) {
      const event = visibleEvent(watch, change);
      if (event) send(watch.response, event);
    }
  }
}

/** What the server refuses, as a Status object. */
class Refusal extends Error {
  readonly code: number;
  readonly status: unknown;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
  }
}

function targetOf(kinds: readonly ServedKind[], path: string): Target | undefined {
  const grammar =
    /^\/apis?\/(?<apiVersion>(?:[^/]+\/)?v[^/]+)(?:\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)(?:\/(?<name>[^/]+)(?:\/(?<subresource>[^/]+))?)?$/;
  const { apiVersion, plural, namespace = '', name, subresource } = grammar.exec(path)?.groups ?? {};
  const kind = kinds.find((served) => served.apiVersion === apiVersion && served.plural === plural);
  return kind && { kind, namespace, name, subresource };
}

function discover(kinds: readonly ServedKind[], path: string): unknown {
  const groupVersion = /^\/apis?\/((?:[^/]+\/)?v[^/]+)$/.exec(path)?.[1];
  const served = kinds.filter(({ apiVersion }) => apiVersion === groupVersion);
  if (served.length === 0) throw new Refusal(404, 'NotFound', 'the server could not find the requested resource');
  const resources = served.flatMap(({ kind, plural, scaleSelectorPath }) => {
    const own = { name: plural, singularName: '', namespaced: true, kind, verbs: ['get', 'list', 'watch'] };
    const scale = {
      ...own,
      name: `${plural}/scale`,
      group: 'autoscaling',
      version: 'v1',
      kind: 'Scale',
      verbs: ['get'],
    };
    return scaleSelectorPath === undefined ? [own] : [own, scale];
  });
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}

/** A list, or the part of it that `limit` and `continue` ask for. As in the real one, items carry neither apiVersion nor kind. */
function listPage(store: KubeStore, { kind, namespace }: Target, query: URLSearchParams): unknown {
  const [version = store.version, offset = 0] = (query.get('continue') ?? '').split(':').filter(Boolean).map(Number);
  if (version < store.oldestVersion) throw new Refusal(410, 'Expired', 'The provided continue parameter is too old');
  const all = store.list(kind, namespace, filterOf(query));
  const end = offset + (Number(query.get('limit') ?? 0) || all.length);
  const metadata = { resourceVersion: String(version), ...(end < all.length && { continue: `${version}:${end}` }) };
  const items = all.slice(offset, end).map(({ metadata: own, spec, status }) => ({ metadata: own, spec, status }));
  return { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items };
}

function visibleEvent(watch: OpenWatch, change: Change): WatchEvent | undefined {
  const isIn = watch.namespace === '' || watch.namespace === change.namespace;
  return isIn && watch.kind === change.kind ? eventOf(change, watch.filter) : undefined;
}

function send(response: ServerResponse, event: WatchEvent): void {
  response.write(`${JSON.stringify(event)}\n`);
}

function bookmarkOf({ apiVersion, kind }: ServedKind, version: number): WatchEvent {
  return { type: 'BOOKMARK', object: { apiVersion, kind, metadata: { resourceVersion: String(version) } } };
}

function filterOf(query: URLSearchParams): Filter {
  return { labelSelector: query.get('labelSelector') ?? '', fieldSelector: query.get('fieldSelector') ?? '' };
}

function answerJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

/** RFC 7396. */
function mergePatch(target: unknown, change: unknown): unknown {
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const before = typeof target === 'object' && target !== null ? target : {};
  const merged = new Map<string, unknown>(Object.entries(before));
  for (const [key, value] of Object.entries(change)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}
