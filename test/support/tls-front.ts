import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Server } from 'node:tls';
import { FaultyServer } from './faulty-server.ts';

export interface TlsFrontOptions {
  /** Who speaks the protocol behind it, on the loopback. */
  readonly targetPort: number;
  readonly pair: { readonly cert: string; readonly key: string };
  /** Lets in only clients with a certificate of this authority. */
  readonly clientAuthority?: string;
  /** The target's first line goes out in plain text, with this in it, and TLS begins after it: so NATS does it. */
  readonly afterLine?: (line: string) => string;
  readonly port?: number;
}

/** A server that speaks TLS, and plain text to whoever stands behind it. */
export function startTlsFront(options: TlsFrontOptions): Promise<FaultyServer> {
  return FaultyServer.start((socket) => passOn(socket, options), { port: options.port ?? 0 });
}

function passOn(socket: Socket, options: TlsFrontOptions): void {
  const { targetPort, afterLine } = options;
  const target = connect(targetPort, '127.0.0.1');
  const secure = (): void => void secureServer(target, options).emit('connection', socket);
  target.on('error', () => socket.destroy());
  target.on('close', () => socket.destroy());
  socket.on('close', () => target.destroy());
  if (!afterLine) secure();
  else
    target.once('data', (line: Buffer) => {
      socket.write(afterLine(line.toString()));
      secure();
    });
}

/** One for each connection, so that it knows its target. */
function secureServer(target: Socket, { pair, clientAuthority: ca }: TlsFrontOptions): Server {
  const asked = ca === undefined ? {} : { ca, requestCert: true };
  return createServer({ ...pair, ...asked }, (secured) => {
    secured.on('error', () => target.destroy());
    secured.pipe(target).pipe(secured);
  }).on('tlsClientError', (_, secured) => secured.destroy());
}
