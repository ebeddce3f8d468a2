import type { ConnectionOrigin } from '../../../domain/policy.ts';
import type { KafkaConnection } from '../../connections/connections.ts';
import type { ConnectionTools, OpenConnection } from '../../connections/open-connection.ts';
import { absent, measureBacklog } from '../measurement.ts';
import { SharedSession } from '../shared-session.ts';
import { readLag } from './consumer-lag.ts';
import { explainKafkaError } from './kafka-error.ts';
import { connectKafka } from './kafka-session.ts';
import type { KafkaSession } from './kafka-session.ts';

/**
 * Reads how far a consumer group is behind a topic. What its consumers work on is part of that, because they commit when
 * they are done; so the lag is all the work there is, and nothing tells the two apart.
 */
export function openKafka(connection: KafkaConnection, { secrets }: ConnectionTools): OpenConnection {
  const host = connection.brokers.map((broker) => `${broker.host}:${broker.port}`).join(', ');
  const session = new SharedSession<KafkaSession>({
    host,
    open: (ending) => connectKafka(connection, secrets, ending),
    explain: (error) => explainKafkaError(host, error),
  });
  const working = absent('Kafka does not tell what is being worked on; the lag holds it until it is committed');
  return {
    source: (origin, signals) => ({
      label: `kafka ${connection.name}`,
      signals,
      read: async (_workload, deadline) => {
        const waiting = await session.ask((kafka) => ask(kafka, origin), deadline);
        const backlog = measureBacklog({ waiting, working }, signals);
        return new Map([...backlog].map(([signal, one]) => [signal, signal === 'concurrency' ? waiting : one]));
      },
    }),
    close: () => session.close(),
  };
}

async function ask({ admin, answered, failed }: KafkaSession, { key = '', group = '', mode }: ConnectionOrigin) {
  try {
    const start = mode === 'earliest' || mode === 'latest' ? mode : undefined;
    const lag = await readLag(admin, { topic: key, group, start });
    answered();
    return lag;
  } catch (error) {
    failed();
    throw error;
  }
}
