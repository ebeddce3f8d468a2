import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import type { Admin, AdminOptions, Broker, Connection, ConnectionPool } from '@platformatic/kafka';
import type { KafkaConnection } from '../../connections/connections.ts';
import type { Secrets } from '../../connections/secrets.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import { ByteLimit } from '../../network/byte-limit.ts';
import { guardConnect } from './guarded-connect.ts';
import { usesTls } from './kafka-settings.ts';

/** Backstop for a connection or a question whose reader has given up long ago. */
const longestWaitMs = 10_000;
const mostBytes = 16 * 1_048_576;

export interface KafkaSession {
  readonly admin: Admin;
  /** What came so far from any broker belonged to answers. */
  readonly answered: () => void;
  /** There is no answer: ends the session where no broker is connected, so that the next one has what secrets are by then. */
  readonly failed: () => void;
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
  const { Admin: Client, NetworkError } = await import('@platformatic/kafka');
  const names = { host: '' };
  const admin = new Client({ ...(await describe(connection, secrets)), ...(await tlsOf(connection, secrets, names)) });
  const limits = new Set<ByteLimit>();
  const pool = admin.connections;
  const guarding = {
    opened: (socket: Socket) => void limits.add(new ByteLimit(socket, mostBytes, () => ending.abort())),
    failure: (cause: Error) => new NetworkError('can not be connected to', { cause, canRetry: false }),
  };
  pool.on('connecting', ({ broker, connection: opening }: { broker: Broker; connection: Connection }) => {
    names.host = broker.host;
    guardConnect(opening, guarding);
  });
  pool.on('disconnect', () => ending.abort());
  const close = (): void => closeAll(admin, pool);
  if (ending.signal.aborted) close();
  ending.signal.addEventListener('abort', close, { once: true });
  return {
    admin,
    answered: () => limits.forEach((limit) => limit.answered()),
    failed: () => {
      if (!pool.isConnected()) ending.abort();
    },
  };
}

/** At once: a polite close waits for brokers that may be silent. */
function closeAll(admin: Admin, pool: ConnectionPool): void {
  for (const [, { socket }] of pool as unknown as Iterable<[string, { socket?: Socket }]>) socket?.destroy();
  admin.close().catch(() => undefined);
}

async function describe(settings: KafkaConnection, secrets: Secrets): Promise<AdminOptions> {
  const { brokers, username, passwordFile, mechanism = 'SCRAM-SHA-512' } = settings;
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
    ...sasl,
  };
}

/** The name of whichever broker is connected to is asked for, unless the settings say another; of an address there is none. */
async function tlsOf(
  settings: KafkaConnection,
  secrets: Secrets,
  names: { readonly host: string },
): Promise<{ tls?: TlsOptions }> {
  if (!usesTls(settings)) return {};
  const files = await readTlsFiles(settings, secrets);
  // Throws here where they are of no use, and not once for each broker.
  createSecureContext(files);
  return {
    tls: {
      ...files,
      get servername() {
        return files.servername ?? (isIP(names.host) === 0 ? names.host : undefined);
      },
    },
  };
}
