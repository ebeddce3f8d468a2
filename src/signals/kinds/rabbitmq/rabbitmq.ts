import type { RabbitmqConnection } from '../../connections/connections.ts';
import { HttpAccess } from '../../connections/http-access.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { measureBacklog } from '../measurement.ts';
import type { Backlog } from '../measurement.ts';
import { AmqpQueues } from './amqp-queues.ts';
import { readManagedQueue } from './managed-queue.ts';
import { isHttp } from './rabbitmq-settings.ts';

/** Reads the backlog of queues in RabbitMQ, over AMQP or over the management API, as the connection's URL says. */
export function openRabbitmq(connection: RabbitmqConnection, tools: ConnectionTools): OpenConnection {
  const { ask, close } = isHttp(connection.url) ? overHttp(connection, tools) : overAmqp(connection, tools);
  return {
    source: ({ key = '' }, signals) => ({
      label: `rabbitmq ${connection.name}`,
      signals,
      read: async (_workload, deadline) => measureBacklog(await ask(key, deadline), signals),
    }),
    close,
  };
}

interface Asked {
  readonly ask: (queue: string, deadline: AbortSignal) => Promise<Backlog>;
  readonly close: () => void;
}

function overAmqp(connection: RabbitmqConnection, { secrets }: ConnectionTools): Asked {
  const queues = new AmqpQueues(connection, secrets);
  return { ask: (queue, deadline) => queues.read(queue, deadline), close: () => queues.close() };
}

function overHttp(connection: RabbitmqConnection, { http, secrets }: ConnectionTools): Asked {
  const access = new HttpAccess(connection, http, secrets);
  const { vhost } = connection;
  return { ask: (queue, deadline) => readManagedQueue(access, { vhost, queue, deadline }), close: () => undefined };
}
