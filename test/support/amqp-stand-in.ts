import type { Socket } from 'node:net';
import { FaultyServer } from './faulty-server.ts';

/** Class and method, as the protocol numbers them. */
const method = (classId: number, methodId: number): number => classId * 65_536 + methodId;
const startOk = method(10, 11);
const openConnection = method(10, 40);
const closeConnection = method(10, 50);
const openChannel = method(20, 10);
const closeChannel = method(20, 40);
const declareQueue = method(50, 10);

/** Speaks as much of AMQP 0-9-1 as a reader of queues needs. */
export class AmqpStandIn {
  server!: FaultyServer;
  password = '';
  refusal = 'ACCESS_REFUSED - Login was refused';
  /** What follows the name of the queue in the answer for it: two numbers of four bytes. Undefined: there is no such queue. */
  counts: Buffer | undefined = Buffer.alloc(8);

  static async start(): Promise<AmqpStandIn> {
    const amqp = new AmqpStandIn();
    amqp.server = await FaultyServer.start((socket) => amqp.#serve(socket));
    return amqp;
  }

  #serve(socket: Socket): void {
    let received = Buffer.alloc(0);
    let greeted = false;
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (!greeted && received.length >= 8) {
        greeted = true;
        received = received.subarray(8);
        socket.write(frame(0, method(10, 10), Buffer.concat([Buffer.from([0, 9]), table(), long('PLAIN'), long('en_US')]))); // prettier-ignore
      }
      for (let next = greeted && takeFrame(received); next; next = takeFrame(received)) {
        received = Buffer.from(next.rest);
        for (const answer of this.#answer(next)) socket.write(answer);
      }
    });
  }

  #answer({ channel, id, body }: Frame): Buffer[] {
    if (id === startOk && !body.includes(`\0${this.password}`)) return [frame(0, closeConnection, Buffer.concat([number(2, 403), short(this.refusal), number(4, startOk)]))]; // prettier-ignore
    if (id === startOk) return [frame(0, method(10, 30), Buffer.concat([number(2, 2_047), number(4, 131_072), number(2, 0)]))]; // prettier-ignore
    if (id === openConnection) return [frame(0, method(10, 41), short(''))];
    if (id === closeConnection) return [frame(0, method(10, 51))];
    if (id === openChannel) return [frame(channel, method(20, 11), long(''))];
    if (id === closeChannel) return [frame(channel, method(20, 41))];
    if (id !== declareQueue) return [];
    const { counts } = this;
    if (counts !== undefined) return [frame(channel, method(50, 11), Buffer.concat([short('todo'), counts]))];
    const missing = short("NOT_FOUND - no queue 'todo' in vhost '/'");
    return [frame(channel, closeChannel, Buffer.concat([number(2, 404), missing, number(4, declareQueue)]))];
  }
}

interface Frame {
  readonly channel: number;
  readonly id: number;
  readonly body: Buffer;
  readonly rest: Buffer;
}

/** The first whole frame of a method in what was received; heartbeats have an id that nobody answers. */
function takeFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 8 || bytes.length < bytes.readUInt32BE(3) + 8) return undefined;
  const end = bytes.readUInt32BE(3) + 7;
  const payload = bytes.subarray(7, end);
  const id = payload.length < 4 ? 0 : payload.readUInt32BE(0);
  return { channel: bytes.readUInt16BE(1), id, body: payload.subarray(4), rest: bytes.subarray(end + 1) };
}

function frame(channel: number, id: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const payload = Buffer.concat([number(4, id), body]);
  return Buffer.concat([number(1, 1), number(2, channel), number(4, payload.length), payload, Buffer.from([0xce])]);
}

export function number(bytes: number, value: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

function short(text: string): Buffer {
  return Buffer.concat([number(1, Buffer.byteLength(text)), Buffer.from(text)]);
}

function long(text: string): Buffer {
  return Buffer.concat([number(4, Buffer.byteLength(text)), Buffer.from(text)]);
}

/** Without an entry. */
function table(): Buffer {
  return number(4, 0);
}
