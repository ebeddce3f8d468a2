import { errorText } from '../../domain/error-text.ts';
import type { Connection } from '../connections/connections.ts';
import type { ConnectionTools, OpenConnection } from '../connections/open-connection.ts';
import type { Measurement, SignalSource } from '../source.ts';
import { openEndpointPicker } from './endpoint-picker/endpoint-picker.ts';
import { openHttpJson } from './http-json/http-json.ts';
import { openKafka } from './kafka/kafka.ts';
import { openKedaHttp } from './keda-http/keda-http.ts';
import { openNats } from './nats/nats.ts';
import { openPrometheus } from './prometheus/prometheus.ts';
import { openRabbitmq } from './rabbitmq/rabbitmq.ts';
import { openRedis } from './redis/redis.ts';
import { openSqs } from './sqs/sqs.ts';

/**
 * Makes a connection ready for use; nothing is connected to, and no client is loaded, before it is first read. Whatever its
 * sources say is rid of the connection's secrets, even what a server wrote.
 */
export function openConnection(connection: Connection, tools: ConnectionTools): OpenConnection {
  const open = openKind(connection, tools);
  const hide = (text: string): string => tools.secrets.hide(text);
  const { gpus } = open;
  return {
    ...open,
    source: (origin, signals) => discreet(open.source(origin, signals), hide),
    ...(gpus && { gpus: (signals) => discreet(gpus(signals), hide) }),
  };
}

function openKind(connection: Connection, tools: ConnectionTools): OpenConnection {
  switch (connection.type) {
    case 'prometheus':
      return openPrometheus(connection, tools);
    case 'redis':
      return openRedis(connection, tools);
    case 'rabbitmq':
      return openRabbitmq(connection, tools);
    case 'nats':
      return openNats(connection, tools);
    case 'kafka':
      return openKafka(connection, tools);
    case 'sqs':
      return openSqs(connection, tools);
    case 'keda-http':
      return openKedaHttp(connection, tools);
    case 'endpoint-picker':
      return openEndpointPicker(connection, tools);
    case 'http-json':
      return openHttpJson(connection, tools);
  }
}

function discreet(source: SignalSource, hide: (text: string) => string): SignalSource {
  return {
    ...source,
    read: async (workload, deadline) => {
      const measurements = await source.read(workload, deadline).catch((error: unknown) => {
        throw new Error(hide(errorText(error)));
      });
      return new Map([...measurements].map(([signal, one]) => [signal, hideIn(one, hide)]));
    },
  };
}

function hideIn(measurement: Measurement, hide: (text: string) => string): Measurement {
  if (measurement.state === 'absent') return { ...measurement, reason: hide(measurement.reason) };
  return measurement.note === undefined ? measurement : { ...measurement, note: hide(measurement.note) };
}
