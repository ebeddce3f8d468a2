import type { Socket } from 'node:net';
import type { Connection } from '@platformatic/kafka';
import { checkHost } from '../../network/refused-addresses.ts';

type Connect = (host: string, port: number, done: (error: Error | null) => void) => void;

export interface Guarding {
  /** Told of the socket when it has begun to connect. */
  readonly opened: (socket: Socket) => void;
  /** An error as the client knows them. */
  readonly failure: (cause: Error) => Error;
}

/**
 * Has a connection go only where that is allowed, for brokers name each other, and tell of whatever is wrong by its callback:
 * the client connects while it takes in an answer, where what is thrown would end the program.
 */
export function guardConnect(connection: Connection, { opened, failure }: Guarding): void {
  // A broker that hangs up while it is told who we are is reported twice, and what nobody listens to ends the program.
  connection.on('error', () => undefined);
  const connect: Connect = connection.connect.bind<Connect>(connection);
  const guarded: Connect = (host, port, done) => {
    try {
      checkHost(host);
      connect(host, port, done);
      checkLookup(connection.socket);
      opened(connection.socket);
    } catch (error) {
      done(failure(error as Error));
    }
  };
  Object.assign(connection, { connect: guarded });
}

/** Ends a connection before it is made, where its broker's name resolves to what may not be asked. */
function checkLookup(socket: Socket): void {
  socket.on('lookup', (_error: unknown, address: string | undefined) => {
    try {
      checkHost(address ?? '');
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
}
