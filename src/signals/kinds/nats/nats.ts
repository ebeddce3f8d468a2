import type { NatsConnection as NatsSettings } from '../../connections/connections.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { counted, measureBacklog } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';
import { SharedSession } from '../shared-session.ts';
import { explainNatsError } from './nats-error.ts';
import { connectNats } from './nats-session.ts';
import type { JetStream } from './nats-session.ts';

/** Reads what a consumer of a JetStream stream has still to be given, and what it has not acknowledged. */
export function openNats(connection: NatsSettings, { secrets }: ConnectionTools): OpenConnection {
  const { host } = connection.url;
  const session = new SharedSession<JetStream>({
    host,
    open: (ending) => connectNats(connection, secrets, ending),
    explain: (error) => explainNatsError(host, error),
  });
  return {
    source: ({ key = '', group = '' }, signals) => ({
      label: `nats ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const backlog = await session.ask((jetStream) => readConsumer(jetStream, key, group), deadline);
        return measureBacklog(backlog, signals);
      },
    }),
    close: () => session.close(),
  };
}

async function readConsumer({ manager, answered }: JetStream, stream: string, consumer: string): Promise<Backlog> {
  // Their types promise numbers, but a server may answer anything.
  const info: Readonly<Record<string, unknown>> = { ...(await manager.consumers.info(stream, consumer)) };
  answered();
  return {
    waiting: counted(info['num_pending'], `num_pending of consumer "${consumer}"`),
    working: counted(info['num_ack_pending'], `num_ack_pending of consumer "${consumer}"`),
  };
}
