import type { Socket } from 'node:net';
import { FaultyServer } from './faulty-server.ts';

const info = { server_id: 'stand-in', version: '2.11.0', proto: 1, headers: true, max_payload: 1_048_576, jetstream: true }; // prettier-ignore
const consumerInfo = /^\$JS\.API\.CONSUMER\.INFO\.(\w+)\.(\w+)$/;

/** Speaks as much of NATS' protocol as a reader of one consumer needs. */
export class NatsStandIn {
  server!: FaultyServer;
  password = '';
  /** What it says to those who have another password. */
  refusal = 'Authorization Violation';
  /** What it answers when it is asked for a consumer: JSON, or what should be. */
  answer = '{}';

  static async start(): Promise<NatsStandIn> {
    const nats = new NatsStandIn();
    nats.server = await FaultyServer.start((socket) => nats.#serve(socket), { speaksFirst: true });
    return nats;
  }

  #serve(socket: Socket): void {
    const subscriptions = new Map<string, string>();
    let received = '';
    socket.write(`INFO ${JSON.stringify({ ...info, auth_required: true })}\r\n`);
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      for (let end = received.indexOf('\r\n'); end >= 0; end = received.indexOf('\r\n')) {
        const line = received.slice(0, end);
        received = received.slice(end + 2);
        this.#obey(line.split(' '), socket, subscriptions);
      }
    });
  }

  #obey([verb = '', ...words]: string[], socket: Socket, subscriptions: Map<string, string>): void {
    const { 0: subject = '', 1: inbox = '', [words.length - 1]: id = '' } = words;
    switch (verb) {
      case 'CONNECT':
        this.#admit(subject, socket);
        break;
      case 'PING':
        socket.write('PONG\r\n');
        break;
      case 'SUB':
        subscriptions.set(subject, id);
        break;
      case 'PUB':
        if (consumerInfo.test(subject)) this.#tell(inbox, socket, subscriptions);
    }
  }

  #admit(options: string, socket: Socket): void {
    if (!options.includes(`"pass":"${this.password}"`)) socket.end(`-ERR '${this.refusal}'\r\n`);
  }

  #tell(inbox: string, socket: Socket, subscriptions: ReadonlyMap<string, string>): void {
    const [, id = ''] = [...subscriptions].find(([subject]) => matches(subject, inbox)) ?? [];
    socket.write(`MSG ${inbox} ${id} ${Buffer.byteLength(this.answer)}\r\n${this.answer}\r\n`);
  }
}

function matches(subject: string, name: string): boolean {
  return subject.endsWith('*') ? name.startsWith(subject.slice(0, -1)) : name === subject;
}
