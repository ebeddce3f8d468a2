import type { Socket } from 'node:net';

/**
 * Hangs up on a server that sends more than `most` bytes without having answered, for protocols whose clients keep
 * whatever comes. It sits where the socket takes in what has arrived, so that it neither disturbs nor needs whoever reads:
 * some clients take all listeners off a socket of theirs while they connect.
 */
export class ByteLimit {
  readonly #socket: Socket;
  #answeredAt: number;

  /** @param exceeded told once that the socket was destroyed for it */
  constructor(socket: Socket, most: number, exceeded: () => void) {
    this.#socket = socket;
    this.#answeredAt = socket.bytesRead;
    const takeIn = socket.push.bind(socket);
    socket.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (socket.destroyed) return false;
      if (socket.bytesRead - this.#answeredAt <= most) return takeIn(chunk, encoding);
      socket.destroy();
      exceeded();
      return false;
    };
  }

  /** What came so far belonged to an answer. */
  answered(): void {
    this.#answeredAt = this.#socket.bytesRead;
  }
}
