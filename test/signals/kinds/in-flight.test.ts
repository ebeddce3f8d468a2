import { describe, expect, it, onTestFinished } from 'vitest';
import { decide } from '../../../src/decision/decide.ts';
import type { ConnectionOrigin } from '../../../src/domain/policy.ts';
import type { SignalName } from '../../../src/domain/signal.ts';
import type { Connection } from '../../../src/signals/connections/connections.ts';
import { fresh, policy, workload } from '../../support/builders.ts';
import { context, plan } from '../../support/decision-context.ts';
import { startHttpStandIn } from '../../support/http-stand-in.ts';
import { NatsStandIn } from '../../support/nats-stand-in.ts';
import { openForTest, readFrom, secretFile } from '../../support/open-connections.ts';
import { RedisStandIn } from '../../support/redis-stand-in.ts';

/** One keeper of work in which nothing waits, and so much is being worked on. */
interface Keeper {
  readonly start: (working: number) => Promise<Connection>;
  readonly asked: Omit<ConnectionOrigin, 'kind' | 'connection'>;
  /** The signal that tells of it. */
  readonly signal: SignalName;
}

const common = { name: 'jobs', namespaces: ['*'] };

async function redis(fill: (redis: RedisStandIn) => void): Promise<Connection> {
  const standIn = await RedisStandIn.start();
  onTestFinished(() => standIn.server.stop());
  fill(standIn);
  return { ...common, type: 'redis', url: new URL(standIn.url) };
}

async function http(body: string): Promise<URL> {
  const standIn = await startHttpStandIn({ body });
  onTestFinished(() => standIn.server.stop());
  return new URL(standIn.url);
}

async function nats(working: number): Promise<Connection> {
  const standIn = await NatsStandIn.start();
  onTestFinished(() => standIn.server.stop());
  standIn.password = 'swordfish';
  standIn.answer = `{"stream_name":"JOBS","name":"workers","config":{},"num_pending":0,"num_ack_pending":${working}}`;
  const access = { username: 'anna', passwordFile: secretFile('swordfish') };
  return { ...common, type: 'nats', url: new URL(`nats://${standIn.server.host}`), ...access };
}

const fields = (count: number): string[] => Array.from({ length: count }, (_, index) => `job-${index}`);
const keepers: Readonly<Record<string, Keeper>> = {
  'the pending entries of a stream': {
    start: (working) => redis(({ keys }) => keys.set('todo', { stream: [{ name: 'workers', pending: working, lag: 0 }] })), // prettier-ignore
    asked: { key: 'todo', group: 'workers' },
    signal: 'running',
  },
  'the active jobs of BullMQ': {
    start: (working) => redis(({ keys }) => keys.set('bull:todo:active', { list: working })),
    asked: { key: 'todo', mode: 'bullmq' },
    signal: 'running',
  },
  'what workers of Celery have not acknowledged': {
    start: (working) => redis(({ keys }) => keys.set('unacked', { fields: fields(working) })),
    asked: { key: 'todo', mode: 'celery' },
    signal: 'running',
  },
  'what consumers of RabbitMQ hold': {
    start: async (working) => ({ ...common, type: 'rabbitmq', vhost: '/', url: await http(`{"messages_ready":0,"messages_unacknowledged":${working}}`) }), // prettier-ignore
    asked: { key: 'todo' },
    signal: 'running',
  },
  'what a consumer of NATS has not acknowledged': {
    start: nats,
    asked: { key: 'JOBS', group: 'workers' },
    signal: 'running',
  },
  'the requests inside the interceptors of KEDA': {
    start: async (working) => ({ ...common, type: 'keda-http', url: await http(`{"a/b":{"Concurrency":${working}}}`) }), // prettier-ignore
    asked: { key: 'a/b' },
    signal: 'concurrency',
  },
  'the requests that run behind an endpoint picker': {
    start: async (working) => ({ ...common, type: 'endpoint-picker', url: await http(`llm_d_epp_average_running_requests{name="p"} ${working / 2}\nllm_d_epp_average_queue_size{name="p"} 0\nllm_d_epp_ready_endpoints{name="p"} 2\n`) }), // prettier-ignore
    asked: { key: 'p' },
    signal: 'running',
  },
};

/** What is decided for two replicas, when nothing waits and all has been quiet for long but for this. */
async function decided({ start, asked, signal }: Keeper, working: number, target?: number): Promise<unknown> {
  const signals = signal === 'running' ? (['queue', 'running'] as const) : ([signal] as const);
  const told = await readFrom(openForTest(await start(working)), asked, signals);
  const readings = new Map(Object.entries(told).map(([name, one]) => [name as SignalName, fresh(one.state === 'measured' ? one.value : NaN)])); // prettier-ignore
  const plans = signals.map((name) => plan(name, name === signal && target !== undefined ? { target } : {}));
  const verdict = decide(policy({ signals: plans }), context({ workload: workload({ replicas: 2 }), readings, quietSinceMs: 0 })); // prettier-ignore
  return verdict.state === 'decided' ? [verdict.required, verdict.active] : verdict;
}

describe('running jobs keep their replicas', () => {
  it.each(Object.entries(keepers))('%s', async (_, keeper) => {
    expect(await decided(keeper, 2, 1)).toEqual([2, true]);
    expect(await decided(keeper, 2)).toEqual([expect.any(Number), true]);
    expect(await decided(keeper, 0)).toEqual([0, false]);
  });
});
