import type { ChannelModel } from 'amqplib';
import { isIP } from 'node:net';
import type { RabbitmqConnection } from '../../connections/connections.ts';
import type { Secrets } from '../../connections/secrets.ts';
import { readTlsFiles } from '../../connections/tls-files.ts';
import { checkHost, guardedLookup } from '../../network/refused-addresses.ts';
import { absent, counted } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';
import { SharedSession } from '../shared-session.ts';
import { explainAmqpError } from './amqp-error.ts';

/** Backstop for a connection whose reader has given up long ago. */
const longestWaitMs = 10_000;
/** Of a protocol whose answers here are below a kilobyte. */
const largestFrame = 131_072;
const heartbeatSeconds = 30;

/** Asks a RabbitMQ over AMQP how many messages of a queue are ready, over one connection for all who ask. */
export class AmqpQueues {
  readonly #connection: RabbitmqConnection;
  readonly #session: SharedSession<ChannelModel>;

  constructor(connection: RabbitmqConnection, secrets: Secrets) {
    this.#connection = connection;
    const { host } = connection.url;
    this.#session = new SharedSession<ChannelModel>({
      host,
      open: (ending) => open(connection, secrets, ending),
      explain: (error) => explainAmqpError(host, error),
    });
  }

  async read(queue: string, deadline: AbortSignal): Promise<Backlog> {
    const ready = await this.#session.ask((model) => countReady(model, queue), deadline);
    return {
      waiting: counted(ready, `the number of ready messages`),
      working: absent(`AMQP does not tell what consumers hold; name the management API in the connection "${this.#connection.name}" (http://…:15672)`), // prettier-ignore
    };
  }

  close(): void {
    this.#session.close();
  }
}

/** A channel for each question: one that asks for a queue that is not there is closed by the server. */
async function countReady(model: ChannelModel, queue: string): Promise<number> {
  const channel = await model.createChannel();
  // What goes wrong is told by the question; without a listener it would end the program.
  channel.on('error', () => undefined);
  const { messageCount } = await channel.checkQueue(queue);
  channel.close().catch(() => undefined);
  return messageCount;
}

async function open(connection: RabbitmqConnection, secrets: Secrets, ending: AbortController): Promise<ChannelModel> {
  const { url, vhost, username = '', passwordFile = '' } = connection;
  checkHost(url.hostname);
  const secure = url.protocol === 'amqps:';
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  const password = await secrets.line('passwordFile', passwordFile);
  const address = {
    protocol: secure ? 'amqps' : 'amqp',
    hostname,
    port: url.port === '' ? (secure ? 5671 : 5672) : Number(url.port),
    username,
    password,
    vhost: encodeURIComponent(vhost),
    frameMax: largestFrame,
    maxFrameSize: largestFrame,
    heartbeat: heartbeatSeconds,
  };
  const tls = secure ? { ...(isIP(hostname) === 0 ? { servername: hostname } : {}), ...(await readTlsFiles(connection, secrets)) } : {}; // prettier-ignore
  const { connect } = await import('amqplib');
  // The signal destroys the socket at once: a polite close waits for a server that may be silent.
  const socket = { lookup: guardedLookup, signal: ending.signal, timeout: longestWaitMs, noDelay: true, ...tls };
  const model = await connect(address, socket);
  model.on('error', () => undefined);
  model.on('close', () => ending.abort());
  return model;
}
