import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/**
 * What a server does with those who connect: its work, its work until so many bytes are sent, nothing at all, hang up at
 * once, or send something of its own: once, after which it hangs up, or what is to be repeated until the other side does.
 */
type Behaviour =
  | { readonly serve: true }
  | { readonly serveBytes: number }
  | { readonly hang: true }
  | { readonly close: true }
  | { readonly send: string | Buffer }
  | { readonly flood: Flood };

/** An answer that does not end: how it begins, and how it goes on. */
export interface Flood {
  readonly head: string | Buffer;
  readonly more: Buffer;
}

/** Where a flood ends though nobody has hung up. */
const mostFloodBytes = 500 * 1_048_576;

interface FaultyServerOptions {
  /** Its protocol lets the server speak first, so it misbehaves before it was asked. */
  readonly speaksFirst?: boolean;
  /** Where it listens, where that must be known before; else on a free port. */
  readonly port?: number;
}

/** A TCP server on a port of its own that works until it is told to misbehave, and can be stopped and started again. */
export class FaultyServer {
  readonly #serve: (socket: Socket) => void;
  readonly #speaksFirst: boolean;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #behaviour: Behaviour = { serve: true };
  #port: number;
  #floodedBytes = 0;

  private constructor(serve: (socket: Socket) => void, { speaksFirst = false, port = 0 }: FaultyServerOptions) {
    this.#serve = serve;
    this.#speaksFirst = speaksFirst;
    this.#port = port;
  }

  static async start(serve: (socket: Socket) => void, options: FaultyServerOptions = {}): Promise<FaultyServer> {
    const server = new FaultyServer(serve, options);
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

  /** How much of floods was taken from it so far. */
  get floodedBytes(): number {
    return this.#floodedBytes;
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
    if ('send' in behaviour) this.#whenAsked(socket, () => socket.end(behaviour.send));
    if ('flood' in behaviour) this.#whenAsked(socket, () => this.#flood(socket, behaviour.flood));
    if ('hang' in behaviour) socket.resume();
    if ('close' in behaviour) socket.destroy();
  }

  #whenAsked(socket: Socket, act: () => void): void {
    if (!this.#speaksFirst) {
      socket.once('data', act);
      return;
    }
    socket.resume();
    act();
  }

  #flood(socket: Socket, { head, more }: Flood): void {
    socket.write(head);
    const pour = (): void => {
      while (socket.writable && this.#floodedBytes < mostFloodBytes) {
        this.#floodedBytes += more.length;
        if (!socket.write(more)) return;
      }
      socket.end();
    };
    socket.on('drain', pour);
    pour();
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
