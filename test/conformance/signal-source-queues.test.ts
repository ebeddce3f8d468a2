import { workload } from '../support/builders.ts';
import { AmqpStandIn, number } from '../support/amqp-stand-in.ts';
import { NatsStandIn } from '../support/nats-stand-in.ts';
import { openAlone, secretFile } from '../support/open-connections.ts';
import { describeSignalSource } from './signal-source.ts';

const secret = 'correct-horse-battery-staple';
const namespaces = ['*'];

describeSignalSource('rabbitmq over AMQP', async () => {
  const amqp = await AmqpStandIn.start();
  amqp.password = secret;
  const url = new URL(`amqp://${amqp.server.host}`);
  const open = openAlone({ type: 'rabbitmq', name: 'jobs', url, vhost: '/', username: 'anna', passwordFile: secretFile(secret), namespaces }); // prettier-ignore
  return {
    source: open.source({ kind: 'connection', connection: 'jobs', key: 'todo' }, ['queue']),
    workload: workload(),
    server: amqp.server,
    host: amqp.server.host,
    tell: (value) => {
      // What is no whole number has no form in the protocol, so it comes as bytes that are none either.
      const isWhole = value !== undefined && /^\d+$/.test(value);
      const bytes = isWhole ? Buffer.concat([number(4, Number(value)), number(4, 0)]) : Buffer.from(value ?? '');
      amqp.counts = value === undefined ? undefined : bytes;
    },
    missingIsAnError: true,
    refuse: () => {
      amqp.password = 'another';
      amqp.refusal = `ACCESS_REFUSED - Login was refused: there is nobody with ${secret}`;
    },
    strideBytes: 7,
    flood: { head: Buffer.concat([Buffer.from([1, 0, 0]), number(4, 500_000_000)]), more: Buffer.alloc(65_536) },
    secrets: [secret],
    close: () => open.close(),
  };
});

describeSignalSource('nats', async () => {
  const nats = await NatsStandIn.start();
  nats.password = secret;
  const open = openAlone({ type: 'nats', name: 'jobs', url: new URL(`nats://${nats.server.host}`), username: 'anna', passwordFile: secretFile(secret), namespaces }); // prettier-ignore
  const consumer = '"stream_name":"JOBS","name":"workers","config":{}';
  return {
    source: open.source({ kind: 'connection', connection: 'jobs', key: 'JOBS', group: 'workers' }, [
      'queue',
      'running',
    ]),
    workload: workload(),
    server: nats.server,
    host: nats.server.host,
    tell: (value) => {
      const counts = value === undefined ? '' : `,"num_pending":${value},"num_ack_pending":${value}`;
      nats.answer = `{${consumer}${counts}}`;
    },
    refuse: () => {
      nats.password = 'another';
      nats.refusal = `Authorization Violation: there is nobody with ${secret}`;
    },
    strideBytes: 7,
    flood: { head: 'INFO {"server_id":"', more: Buffer.alloc(65_536, 'a') },
    secrets: [secret],
    close: () => open.close(),
  };
});
