import { ServerCredentials } from '@grpc/grpc-js';
import type { PemMaterial } from '../../credentials/pem-files.ts';
import type { Clock } from '../../domain/clock.ts';
import { errorStack, errorText } from '../../domain/error-text.ts';
import { PortError } from '../../domain/port-error.ts';
import { Outbox } from '../../signals/scrape/outbox.ts';
import type { FromGrpc, Port, ToGrpc } from '../answers/message.ts';
import { externalScaler } from './external-scaler.ts';
import { serveGrpc } from './grpc-server.ts';
import type { GrpcServer, GrpcServerParts } from './grpc-server.ts';
import { HealthService } from './health-service.ts';
import { OpenStreams } from './open-streams.ts';
import { RpcTally } from './rpc-tally.ts';
import { Rpcs } from './rpcs.ts';
import { TlsCredentials } from './tls-credentials.ts';
import { Triggers } from './triggers.ts';

export interface FrontSetting {
  readonly host: string;
  readonly port: number;
  readonly maxConnectionAgeMs: number;
  /** An answer older than this is none. */
  readonly staleAfterMs: number;
  /** Certificate, key and clients' authorities; without them there is no TLS. */
  readonly tls?: PemMaterial | undefined;
}

interface Clocks {
  /** The time that decisions go by. */
  readonly clock: Clock;
  /** The time that clients and connections go by: the world's. */
  readonly transportClock: Clock;
}

/** Serves gRPC at one end of a line; at the other it is decided what to answer. Resolves when it was told to stop, and has. */
export async function serveFront(line: Port, setting: FrontSetting, clocks: Clocks): Promise<void> {
  const outbox = new Outbox<FromGrpc>((messages) => line.postMessage(messages));
  const tell = (message: FromGrpc): void => outbox.push(message);
  const front = build(tell, setting, clocks);
  const told = Promise.withResolvers<undefined>();
  line.on('message', (messages) => {
    for (const message of messages as readonly ToGrpc[]) {
      if (message.say === 'stop') told.resolve(undefined);
      else obey(message, front);
    }
  });
  const server = await listen(front, setting, tell);
  await told.promise;
  await server?.stop();
  front.tally.flush();
  tell({ say: 'stopped' });
  await outbox.empty;
}

interface Front {
  readonly parts: GrpcServerParts;
  readonly triggers: Triggers;
  readonly tally: RpcTally;
  readonly tls: TlsCredentials | undefined;
}

function build(tell: (message: FromGrpc) => void, setting: FrontSetting, { clock, transportClock }: Clocks): Front {
  const { staleAfterMs, maxConnectionAgeMs } = setting;
  const triggers = new Triggers({ tell, clock, transportClock, staleAfterMs });
  const streams = new OpenStreams(transportClock, maxConnectionAgeMs);
  const tally = new RpcTally(transportClock, (calls) => tell({ say: 'answered', calls }));
  const rpcs = new Rpcs({
    answered: (...call) => tally.note(...call),
    // Not every error can be sent to another thread; its text can.
    defect: (error) => tell({ say: 'defect', stack: errorStack(error) }),
  });
  const scaler = externalScaler({ triggers, streams, rpcs, clock });
  const tls = setting.tls && new TlsCredentials(setting.tls);
  const credentials = tls ?? ServerCredentials.createInsecure();
  const health = new HealthService(streams);
  const parts = { scaler, health, streams, clock: transportClock, credentials, maxConnectionAgeMs };
  return { parts, triggers, tally, tls };
}

/** Whoever started it hears the port, or why there is none. */
async function listen(
  { parts }: Front,
  { host, port }: FrontSetting,
  tell: (message: FromGrpc) => void,
): Promise<GrpcServer | undefined> {
  try {
    const server = await serveGrpc(parts, { host, port });
    tell({ say: 'listening', port: server.port });
    return server;
  } catch (error) {
    tell({ say: 'deaf', reason: errorText(error), isOperators: error instanceof PortError });
    return undefined;
  }
}

function obey(message: Exclude<ToGrpc, { say: 'stop' }>, { triggers, tls }: Front): void {
  if (message.say === 'known') triggers.known(message);
  else if (message.say === 'refused') triggers.refused(message);
  else if (message.say === 'answer') triggers.answer(message);
  else if (message.say === 'dropped') triggers.dropped(message);
  else tls?.replace(message.material);
}
