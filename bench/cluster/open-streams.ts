import type { Ref } from '../external-scaler-client.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { pause } from '../program.ts';
import { openCluster } from './cluster-scene.ts';
import { nameOf, namespaceOf } from './scene.ts';
import { PushStreams } from './streams-client.ts';

const streams = 5_200;
const patienceMs = 120_000;

/**
 * Push streams on one connection, each of a ScaledObject of its own that is at zero replicas and has nothing to wake it
 * but its calendar, which is open: each stream has to say `true`. Then every ScaledObject gets an override that closes it,
 * and each stream has to say `false`. Counted are the streams that said both and never broke.
 */
export const openStreams: Benchmark = { figures: ['cluster.streams'], run: measureStreams };

async function measureStreams(): Promise<Figure[]> {
  const scene = await openCluster(0);
  try {
    await scene.order({ do: 'add', from: 0, to: streams, replicas: 0 });
    const scaler = await scene.startScaler();
    const push = new PushStreams(scaler.grpcPort);
    for (let index = 0; index < streams; index += 1) push.open(refOf(index));
    await until(() => push.saying(true) + push.broken >= streams);
    const woken = push.saying(true);
    await scene.order({ do: 'close', from: 0, to: streams });
    await until(() => push.saying(false) + push.broken >= streams);
    const value = Math.min(woken, push.saying(false));
    const note = `${streams} opened, ${woken} heard true, ${push.saying(false)} then heard false, ${push.broken} broke`;
    push.close();
    return [{ figure: 'cluster.streams', value, unit: 'streams', goal: { atLeast: 5_000 }, note }];
  } finally {
    await scene.end();
  }
}

function refOf(index: number): Ref {
  const scalerMetadata = { timezone: 'UTC', businessHours: 'Mon-Sun 00:00-24:00 min=1' };
  return { namespace: namespaceOf(index), name: nameOf(index), scalerMetadata };
}

async function until(isDone: () => boolean): Promise<void> {
  for (const end = performance.now() + patienceMs; !isDone() && performance.now() < end;) await pause(200);
}
