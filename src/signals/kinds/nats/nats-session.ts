import type { JetStreamManager } from '@nats-io/jetstream';
import type { Authenticator, ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import type { NatsConnection as NatsSettings } from '../../connections/connections.ts';
import type { Secrets } from '../../connections/secrets.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import { ByteLimit } from '../../network/byte-limit.ts';
import { resolveHost } from '../../network/refused-addresses.ts';
import { watchSockets } from '../../network/watch-sockets.ts';

/** Backstop for a connection or a question whose reader has given up long ago. */
const longestWaitMs = 10_000;
const defaultPort = 4_222;
/** Of answers of a few kilobytes. The client looks through all that it has each time when more of a line comes. */
const mostBytes = 1_048_576;

export interface JetStream {
  readonly manager: JetStreamManager;
  /** What came so far belonged to answers. */
  readonly answered: () => void;
}

/**
 * Connects to the addresses of the server, all of them checked. Aborts `ending` when the connection is lost, and closes it
 * when `ending` is aborted by others. It does not follow what the server tells of other servers, nor reconnect by itself.
 */
export async function connectNats(
  settings: NatsSettings,
  secrets: Secrets,
  ending: AbortController,
): Promise<JetStream> {
  const options = await describe(settings, secrets);
  const { connect } = await import('@nats-io/transport-node');
  const { jetstreamManager } = await import('@nats-io/jetstream');
  const limits: ByteLimit[] = [];
  const guard = (socket: Socket): void => {
    limits.push(new ByteLimit(socket, mostBytes, () => ending.abort()));
    ending.signal.addEventListener('abort', () => socket.destroy(), { once: true });
  };
  const access = { ...options, ...(await authentication(settings, secrets)) };
  ending.signal.throwIfAborted();
  const connection = await watchSockets(guard, () => connect(access));
  void connection.closed().then(() => ending.abort());
  const close = (): void => hangUp(connection);
  if (ending.signal.aborted) close();
  ending.signal.addEventListener('abort', close, { once: true });
  const { domain } = settings;
  const manager = await jetstreamManager(connection, { checkAPI: false, timeout: longestWaitMs, ...(domain === undefined ? {} : { domain }) }); // prettier-ignore
  const socket = socketOf(connection);
  if (!socket) throw new Error(`${settings.url.host} closed the connection`);
  // With TLS it is another one than was made, with a count of its own.
  guard(socket);
  return { manager, answered: () => limits.forEach((limit) => limit.answered()) };
}

async function describe(settings: NatsSettings, secrets: Secrets): Promise<ConnectionOptions> {
  const { url } = settings;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const port = url.port === '' ? defaultPort : url.port;
  const addresses = await resolveHost(host);
  const { ca, cert, key, servername = host } = await readTlsFiles(settings, secrets);
  const files = { ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) }; // prettier-ignore
  // Passed on to Node as it is: the server's name, which is not known of an address.
  const named = isIP(servername) === 0 ? { servername } : {};
  return {
    servers: addresses.map((address) => (isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`)),
    resolve: false,
    ignoreClusterUpdates: true,
    reconnect: false,
    timeout: longestWaitMs,
    ...(url.protocol === 'tls:' ? { tls: { ...files, ...named } } : {}),
  };
}

async function authentication(settings: NatsSettings, secrets: Secrets): Promise<Partial<ConnectionOptions>> {
  const { username, passwordFile, tokenFile, credsFile } = settings;
  if (tokenFile !== undefined) return { token: await secrets.line('tokenFile', tokenFile) };
  if (credsFile !== undefined) return { authenticator: await byCreds(await secrets.lines('credsFile', credsFile)) };
  if (username === undefined || passwordFile === undefined) return {};
  return { user: username, pass: await secrets.line('passwordFile', passwordFile) };
}

async function byCreds(creds: string): Promise<Authenticator> {
  const { credsAuthenticator } = await import('@nats-io/transport-node');
  return credsAuthenticator(new TextEncoder().encode(creds));
}

/** At once: a polite close waits for a server that may be silent. */
function hangUp(connection: NatsConnection): void {
  socketOf(connection)?.destroy();
  void connection.close();
}

/** The client keeps its socket to itself, and has no limit of its own for what a server sends. Undefined once it is closed. */
function socketOf(connection: NatsConnection): Socket | undefined {
  return (connection as unknown as { protocol: { transport: { socket?: Socket } } }).protocol.transport.socket;
}
