import { pause } from '../program.ts';
import type { ScalerOfScene } from './cluster-scene.ts';
import type { KedaConnection } from './keda-calls.ts';

const patienceMs = 300_000;

interface Decisions {
  readonly decisions: readonly { readonly state: string; readonly rule?: string }[];
}

/** Has KEDA ask for all its ScaledObjects, and waits until the scaler has decided each from what its pods say. */
export async function settle(scaler: ScalerOfScene, keda: KedaConnection): Promise<void> {
  await keda.call(2, 12_000);
  await untilDecided(scaler, keda.triggers);
}

/** Waits until the scaler has decided so many ScaledObjects from what their pods say. */
export async function untilDecided(scaler: ScalerOfScene, wanted: number): Promise<void> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const settled = await countDecided(scaler);
    if (settled >= wanted) return;
    if (performance.now() > end) throw new Error(`${settled} of ${wanted} ScaledObjects decided in time`);
    await pause(1_000);
  }
}

/** How many ScaledObjects are decided, and not only held. */
export async function countDecided({ httpPort }: ScalerOfScene): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/api/decisions`);
  const { decisions } = (await answer.json()) as Decisions;
  return decisions.filter(({ state, rule }) => state === 'decided' && rule !== 'hold').length;
}
