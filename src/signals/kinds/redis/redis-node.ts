import { isIP } from 'node:net';
import type { Redis } from 'ioredis';
import { isClosed } from './redis-error.ts';
import { ByteLimit } from '../../network/byte-limit.ts';
import { resolveHost } from '../../network/refused-addresses.ts';
import type { TlsMaterial } from '../../network/tls-material.ts';

/** Backstop for a connection or a command whose reader has given up long ago. */
const longestWaitMs = 10_000;
const mostBytes = 16 * 1_048_576;

/** Where a node is and how it wants to be asked. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: TlsMaterial;
}

/** A connection to one node that is open. */
export interface OpenRedis {
  /** Asks; rejects with what ended the connection, where that is why there is no answer. */
  ask<T>(question: (redis: Redis) => Promise<T>): Promise<T>;
  /** What came so far belonged to answers. */
  readonly answered: () => void;
}

/**
 * Connects to the first address of the node that answers, all of them checked. Aborts `ending` when the connection is
 * lost, and closes it when `ending` is aborted by others. Rejects with whatever ioredis says, which may hold secrets.
 */
export async function connectNode(node: RedisNode, ending: AbortController): Promise<OpenRedis> {
  let problem: unknown;
  for (const address of await resolveHost(node.host)) {
    try {
      return await connectAddress(node, address, ending);
    } catch (error) {
      problem = error;
      ending.signal.throwIfAborted();
    }
  }
  throw problem;
}

async function connectAddress(node: RedisNode, address: string, ending: AbortController): Promise<OpenRedis> {
  const redis = await createClient(node, address);
  let problem: unknown;
  let limit: ByteLimit | undefined;
  redis.on('error', (error: unknown) => (problem ??= error));
  // Before the first answer, which is to AUTH or SELECT.
  redis.on('connect', () => (limit = new ByteLimit(redis.stream, mostBytes, () => ending.abort())));
  const disconnect = (): void => redis.disconnect();
  ending.signal.addEventListener('abort', disconnect, { once: true });
  try {
    ending.signal.throwIfAborted();
    await redis.connect();
    // A database that can't be selected is reported beside the connection, which then reads another one.
    if (problem !== undefined) throw problem as Error;
  } catch (error) {
    ending.signal.removeEventListener('abort', disconnect);
    disconnect();
    throw problem ?? error;
  }
  redis.on('end', () => ending.abort());
  const ask = <T>(question: (redis: Redis) => Promise<T>): Promise<T> =>
    question(redis).catch((error: unknown) => {
      // A server that wants a client certificate says so only once TLS stands on our side.
      throw isClosed(error) ? (problem ?? error) : error;
    });
  return { ask, answered: () => limit?.answered() };
}

/** A client that has not connected yet. ioredis is loaded when the first connection needs it. */
async function createClient({ host, port, db, username, password, tls }: RedisNode, address: string): Promise<Redis> {
  const { Redis: Client } = await import('ioredis');
  const named = isIP(host) === 0 ? { servername: host } : {};
  return new Client({
    host: address,
    port,
    db,
    ...(tls === undefined ? {} : { tls: { ...named, ...tls } }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    enableOfflineQueue: false,
    // The next read reconnects; a server that still loads its data says so to each command.
    retryStrategy: () => null,
    enableReadyCheck: false,
    connectTimeout: longestWaitMs,
    commandTimeout: longestWaitMs,
    // Spoken by every Redis there is.
    protocol: 2,
    disableClientInfo: true,
  });
}
