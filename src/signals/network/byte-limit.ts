import type { Socket } from 'node:net';

/**
 * Hangs up on a server that sends more than `most` bytes without having answered, for protocols whose clients keep
 * whatever comes. Takes its count from the socket, so whoever reads it is not disturbed.
 */
export class ByteLimit {
  readonly #socket: Socket;
  #answeredAt: number;

  /** @param exceeded told once that the socket was destroyed for it */
  constructor(socket: Socket, most: number, exceeded: () => void) {
    this.#socket = socket;
    this.#answeredAt = socket.bytesRead;
    const check = (): void => {
      if (socket.bytesRead - this.#answeredAt <= most) return;
      socket.off('data', check);
      socket.destroy();
      exceeded();
    };
    socket.on('data', check);
  }

  /** What came so far belonged to an answer. */
  answered(): void {
    this.#answeredAt = this.#socket.bytesRead;
  }
}
