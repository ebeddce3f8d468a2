import type { Benchmark, Figure } from '../figure.ts';
import { watchCores } from '../processes.ts';
import { residentMiB } from '../program.ts';
import { openCluster } from './cluster-scene.ts';
import type { ScalerOfScene } from './cluster-scene.ts';
import { callAsKeda } from './keda-calls.ts';
import { activeScaledObjects, refOf } from './scene.ts';
import { countDecided, untilDecided } from './settle.ts';

const registeredScaledObjects = 10_000;
/** KEDA asks twice a minute for what is at zero, and the HPA not at all. */
const shareOfCallsAtZero = 1 / 3;
const windowMs = 20_000;

/** 10,000 ScaledObjects, of which 8,000 are at zero replicas: how many of them are decided, and what they cost. */
export const registered: Benchmark = { figures: ['cluster.registered'], run: measureRegistered };

async function measureRegistered(): Promise<Figure[]> {
  const scene = await openCluster();
  try {
    await scene.order({ do: 'add', from: activeScaledObjects, to: registeredScaledObjects, replicas: 0 });
    const startMs = performance.now();
    const scaler = await scene.startScaler();
    const readySeconds = Math.round((performance.now() - startMs) / 1_000);
    await untilDecided(scaler, registeredScaledObjects);
    const called = await callForAll(scaler, scene.enginePort);
    const value = await countDecided(scaler);
    const note = `ready after ${readySeconds} s; ${called}; ${Math.round(residentMiB(scaler.program.pid))} MiB`;
    return [{ figure: 'cluster.registered', value, unit: 'decided', goal: { atLeast: registeredScaledObjects }, note }];
  } finally {
    await scene.end();
  }
}

/** Calls as KEDA does for all that are registered; answers what that cost, in words. */
async function callForAll({ grpcPort, program }: ScalerOfScene, enginePort: number): Promise<string> {
  const refs = Array.from({ length: registeredScaledObjects }, (_, index) => refOf(index, enginePort));
  const cores = watchCores(program.pid);
  const reports = await Promise.all([
    callAsKeda(grpcPort, refs.slice(0, activeScaledObjects), 1, windowMs),
    callAsKeda(grpcPort, refs.slice(activeScaledObjects), shareOfCallsAtZero, windowMs),
  ]);
  const taken = cores().toFixed(2);
  const sum = (count: 'calls' | 'failed'): number => reports.reduce((total, report) => total + report[count], 0);
  return `${Math.round(sum('calls') / (windowMs / 1_000))} calls/s, ${sum('failed')} failed, ${taken} cores`;
}
