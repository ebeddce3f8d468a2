import { Redis } from 'ioredis';
import type { RedisConnection } from '../connections/connections.ts';
import { describeNetworkError, errorCode } from '../http/network-error.ts';
import { orTimeout } from '../or-timeout.ts';
import { cut } from '../reasons.ts';
import { readSecretFile } from '../connections/secret-file.ts';

/** Backstop for a connection or a command whose reader has given up long ago. */
const longestWaitMs = 10_000;
/** How much of Redis' own error text is passed on. */
const errorTextLength = 200;

/** What ioredis says without a code of its own. */
const closed = ['Connection is closed.', "Stream isn't writeable and enableOfflineQueue options is false"];

interface Session {
  readonly ready: Promise<Redis>;
  end(): void;
}

/**
 * One connection to one Redis, shared by all who read it. It is made when it is first needed, and made anew by the next
 * read after it was lost, with the password as it is by then. Nothing is queued while it is down: a read then fails.
 */
export class RedisClient {
  readonly #connection: RedisConnection;
  #session: Session | undefined;

  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  /** Asks the server. Rejects with the host and what went wrong, and no secret; gives up when `deadline` is aborted. */
  async ask<T>(question: (redis: Redis) => Promise<T>, deadline: AbortSignal): Promise<T> {
    const session = (this.#session ??= openSession(this.#connection, (ended) => this.#forget(ended)));
    try {
      return await orTimeout(session.ready.then(question), deadline, this.#connection.url.host);
    } catch (error) {
      // A server that went silent may be gone for good, which only a new connection can tell.
      if (deadline.aborted) session.end();
      throw inWords(this.#connection.url.host, error);
    }
  }

  close(): void {
    this.#session?.end();
  }

  #forget(session: Session): void {
    if (this.#session === session) this.#session = undefined;
  }
}

/** @param onEnd called once, when the connection could not be made, was lost or was ended */
function openSession(connection: RedisConnection, onEnd: (session: Session) => void): Session {
  const ending = new AbortController();
  const session = { ready: connect(connection, ending), end: () => ending.abort() };
  ending.signal.addEventListener('abort', () => onEnd(session), { once: true });
  // Whoever asks is told; this only keeps a session that nobody waits for from ending the program.
  session.ready.catch(() => undefined);
  return session;
}

async function connect(connection: RedisConnection, ending: AbortController): Promise<Redis> {
  let problem: unknown;
  try {
    const redis = await createClient(connection);
    redis.on('error', (error: unknown) => (problem ??= error));
    redis.on('end', () => {
      ending.abort();
    });
    ending.signal.addEventListener('abort', () => redis.disconnect(), { once: true });
    ending.signal.throwIfAborted();
    await redis.connect();
    // A database that can't be selected is reported beside the connection, which then reads another one.
    if (problem === undefined) return redis;
  } catch (error) {
    problem ??= error;
  }
  ending.abort();
  throw inWords(connection.url.host, problem);
}

/** A client that has not connected yet. */
async function createClient({ url, username, passwordFile }: RedisConnection): Promise<Redis> {
  return new Redis({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number(url.pathname.replace(/^\//, '')),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { password: await readSecretFile('passwordFile', passwordFile) }),
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

/** A new error, made of words alone: those of ioredis hold the command that failed, AUTH and its password included. */
function inWords(host: string, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(`${host} failed`);
  if (error.name === 'ReplyError') {
    const text = error.message.replace(/,? with args beginning with.*/s, '');
    return new Error(`${host} answered: ${cut(text, errorTextLength)}`);
  }
  if (closed.includes(error.message)) return new Error(`${host} closed the connection`);
  if (error.message === 'Command timed out') return new Error(`${host} did not answer in time`);
  return errorCode(error) === undefined ? error : describeNetworkError(host, error);
}
