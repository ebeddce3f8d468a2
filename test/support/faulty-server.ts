import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * What a server does with those who connect: its work, its work until so many bytes are sent, nothing at all, or it
 * sends something of its own and hangs up.
 */
type Behaviour =
  | { readonly serve: true }
  | { readonly serveBytes: number }
  | { readonly hang: true }
  | { readonly send: string | Buffer };

/** A TCP server on a port of its own that works until it is told to misbehave, and can be stopped and started again. */
export class FaultyServer {
  readonly #serve: (socket: Socket) => void;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #behaviour: Behaviour = { serve: true };
  #port = 0;

  private constructor(serve: (socket: Socket) => void) {
    this.#serve = serve;
  }

  static async start(serve: (socket: Socket) => void): Promise<FaultyServer> {
    const server = new FaultyServer(serve);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** Changes what the server does, and hangs up on all who are connected. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
    this.hangUp();
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Listens, on the same port as before. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.hangUp();
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    const behaviour = this.#behaviour;
    if ('serveBytes' in behaviour) hangUpAfter(socket, behaviour.serveBytes);
    if ('serve' in behaviour || 'serveBytes' in behaviour) this.#serve(socket);
    if ('send' in behaviour) socket.once('data', () => socket.end(behaviour.send));
    if ('hang' in behaviour) socket.resume();
  }
}

function hangUpAfter(socket: Socket, bytes: number): void {
  const write = socket.write.bind(socket);
  let left = bytes;
  const writeSome = (data: string | Buffer, encoding?: unknown): boolean => {
    const chunk = Buffer.from(data as string, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8');
    if (chunk.length > left) {
      write(chunk.subarray(0, left));
      socket.end();
    } else write(chunk);
    left = Math.max(0, left - chunk.length);
    return true;
  };
  Object.assign(socket, { write: writeSome });
}
