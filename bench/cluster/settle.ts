import { pause } from '../program.ts';
import type { ScalerOfScene } from './cluster-scene.ts';
import { callAsKeda } from './keda-calls.ts';
import type { Ref } from '../external-scaler-client.ts';

const patienceMs = 120_000;

interface Decisions {
  readonly decisions: readonly { readonly state: string; readonly rule?: string }[];
}

/** Has KEDA ask for all ScaledObjects, and waits until the scaler has decided each from what its pods say. */
export async function settle({ grpcPort, httpPort }: ScalerOfScene, refs: readonly Ref[]): Promise<void> {
  await callAsKeda(grpcPort, refs, 2, 12_000);
  const end = performance.now() + patienceMs;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${httpPort}/api/decisions`);
    const { decisions } = (await answer.json()) as Decisions;
    const settled = decisions.filter(({ state, rule }) => state === 'decided' && rule !== 'hold');
    if (settled.length >= refs.length) return;
    if (performance.now() > end) throw new Error(`${settled.length} of ${refs.length} ScaledObjects decided in time`);
    await pause(1_000);
  }
}
