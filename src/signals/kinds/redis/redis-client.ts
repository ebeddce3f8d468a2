import type { Redis } from 'ioredis';
import type { RedisConnection } from '../../connections/connections.ts';
import type { Secrets } from '../../connections/secrets.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import { checkHost } from '../../network/refused-addresses.ts';
import { SharedSession } from '../shared-session.ts';
import { explainRedisError, MovedError } from './redis-error.ts';
import { connectNode } from './redis-node.ts';
import type { OpenRedis, RedisNode } from './redis-node.ts';
import { findMaster } from './sentinel.ts';

/** How often a question is sent on to another node of a cluster before something is wrong with the cluster. */
const mostMoves = 3;

/**
 * One connection to one Redis, shared by all who read it; a few where it is a cluster, whose nodes are found by following
 * them. See SharedSession for when connections are made.
 */
export class RedisClient {
  readonly #connection: RedisConnection;
  readonly #secrets: Secrets;
  /** By `host:port`, the connection's own among them. */
  readonly #nodes = new Map<string, SharedSession<OpenRedis>>();

  constructor(connection: RedisConnection, secrets: Secrets) {
    this.#connection = connection;
    this.#secrets = secrets;
  }

  /** Asks the server. Rejects with the host and what went wrong, and no secret; gives up when `deadline` is aborted. */
  async ask<T>(question: (redis: Redis) => Promise<T>, deadline: AbortSignal): Promise<T> {
    const { host } = this.#connection.url;
    let node = host;
    for (let moves = 0; ; moves += 1) {
      try {
        return await this.#session(node).ask((open) => open.ask(question).finally(open.answered), deadline); // prettier-ignore
      } catch (error) {
        if (!(error instanceof MovedError) || moves === mostMoves) throw error;
        node = error.to.startsWith(':') ? `${this.#connection.url.hostname}${error.to}` : error.to;
      }
    }
  }

  close(): void {
    for (const session of this.#nodes.values()) session.close();
  }

  #session(node: string): SharedSession<OpenRedis> {
    const session =
      this.#nodes.get(node) ??
      new SharedSession<OpenRedis>({
        host: node,
        open: async (ending) => connectNode(await this.#locate(node, ending), ending),
        explain: (error) => explainRedisError(node, error),
      });
    this.#nodes.set(node, session);
    return session;
  }

  async #locate(node: string, ending: AbortController): Promise<RedisNode> {
    const { url, username, passwordFile, sentinel } = this.#connection;
    const access = {
      ...(username === undefined ? {} : { username }),
      ...(passwordFile === undefined ? {} : { password: await this.#secrets.line('passwordFile', passwordFile) }),
      ...(url.protocol === 'rediss:' ? { tls: await readTlsFiles(this.#connection, this.#secrets) } : {}),
      db: Number(url.pathname.replace(/^\//, '')),
    };
    const isOwn = node === url.host;
    if (isOwn && sentinel !== undefined)
      return { ...access, ...(await findMaster(this.#connection, this.#secrets, ending)) };
    return { ...access, ...parseNode(node, isOwn ? 6379 : NaN) };
  }
}

/** Reads `host:port`; a host of IPv6 may stand in brackets or, as Redis writes it, without. */
function parseNode(node: string, defaultPort: number): { host: string; port: number } {
  const [, host = node, port] = /^(.*?)(?::(\d+))?$/.exec(node) ?? [];
  checkHost(host);
  return { host: host.replace(/^\[|\]$/g, ''), port: port === undefined ? defaultPort : Number(port) };
}
