import type { Admin, AdminOptions, Broker, Connection, ConnectionPool } from '@platformatic/kafka';
import type { KafkaConnection } from '../../connections/connections.ts';
import type { Secrets } from '../../connections/secrets.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import { ByteLimit } from '../../network/byte-limit.ts';
import { checkHost } from '../../network/refused-addresses.ts';
import { usesTls } from './kafka-settings.ts';

/** Backstop for a connection or a question whose reader has given up long ago. */
const longestWaitMs = 10_000;
const mostBytes = 16 * 1_048_576;

export interface KafkaSession {
  readonly admin: Admin;
  /** What came so far from any broker belonged to answers. */
  answered(): void;
}

/**
 * A client of the cluster, which connects to brokers as they are needed. Aborts `ending` when a connection to one is lost,
 * and closes all when `ending` is aborted by others.
 */
export async function connectKafka(
  connection: KafkaConnection,
  secrets: Secrets,
  ending: AbortController,
): Promise<KafkaSession> {
  const { Admin: Client } = await import('@platformatic/kafka');
  const admin = new Client(await describe(connection, secrets));
  const limits = new Set<ByteLimit>();
  const pool = admin.connections;
  pool.on('connecting', ({ broker, connection: opening }: { broker: Broker; connection: Connection }) => {
    // The socket is made right after this event.
    queueMicrotask(() => limits.add(guard(opening, broker, ending)));
  });
  pool.on('disconnect', () => ending.abort());
  const close = (): void => closeAll(admin, pool);
  if (ending.signal.aborted) close();
  ending.signal.addEventListener('abort', close, { once: true });
  return { admin, answered: () => limits.forEach((limit) => limit.answered()) };
}

/** Ends a connection before it is made, where its broker is, or resolves to, what may not be asked; brokers name each other. */
function guard({ socket }: Connection, broker: Broker, ending: AbortController): ByteLimit {
  const check = (host: string): void => {
    try {
      checkHost(host);
    } catch (error) {
      socket.destroy(error as Error);
    }
  };
  check(broker.host);
  socket.on('lookup', (_error: unknown, address: string | undefined) => check(address ?? ''));
  return new ByteLimit(socket, mostBytes, () => ending.abort());
}

/** At once: a polite close waits for brokers that may be silent. */
function closeAll(admin: Admin, pool: ConnectionPool): void {
  for (const [, { socket }] of pool as unknown as Iterable<[string, Connection]>) socket.destroy();
  admin.close().catch(() => undefined);
}

async function describe(settings: KafkaConnection, secrets: Secrets): Promise<AdminOptions> {
  const { brokers, username, passwordFile, mechanism = 'SCRAM-SHA-512' } = settings;
  const tls = usesTls(settings) ? { tls: await readTlsFiles(settings, secrets), ...(settings.serverName === undefined ? { tlsServerName: true } : {}) } : {}; // prettier-ignore
  const sasl = username === undefined || passwordFile === undefined ? {} : { sasl: { mechanism, username, password: await secrets.line('passwordFile', passwordFile) } }; // prettier-ignore
  return {
    clientId: 'pilotlight',
    bootstrapBrokers: [...brokers],
    // Whoever reads asks again soon enough; here a retry would only hide what went wrong.
    retries: 0,
    connectTimeout: longestWaitMs,
    requestTimeout: longestWaitMs,
    timeout: longestWaitMs,
    autocreateTopics: false,
    ...tls,
    ...sasl,
  };
}
