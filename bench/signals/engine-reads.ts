import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../../src/program/child.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { startScript, waitFor } from '../program.ts';

const pods = 200;
const pacedRounds = 30;
/**
 * The rounds of the memory figure are read back to back. Of 200 pods that takes long, so unless it is asked for by name a
 * smaller farm stands in: what could grow is kept by pod, and 10,000 rounds are as many for each; and what it is held
 * against is taken after as many reads as 100 rounds of 200 pods are.
 */
const soakPods = 10;
const soakRounds = 10_000;

interface Reading {
  readonly cpuShare: number;
  readonly settledMiB: number;
  readonly endMiB: number;
}

/** 200 pods of vLLM in one process, read over loopback by the scaler's own source in another, whose CPU alone counts. */
export const engineReadCpu: Benchmark = {
  figures: ['signals.read_cpu_share'],
  run: async () => {
    const { cpuShare } = await readFarm(pods, pacedRounds, 1_000);
    const note = `${pods} pods, once a second, ${pacedRounds} s`;
    return [share(cpuShare, note)];
  },
};

/** Memory of that reader. */
export const engineReadMemory: Benchmark = {
  figures: ['signals.read_rss_growth'],
  run: async (asked) => {
    const farmPods = asked ? pods : soakPods;
    const { settledMiB, endMiB } = await readFarm(farmPods, soakRounds, 0);
    const note = `${settledMiB.toFixed(1)} MiB after 20,000 reads, ${endMiB.toFixed(1)} after ${soakRounds}, ${farmPods} pods`;
    return [{ figure: 'signals.read_rss_growth', value: endMiB / settledMiB, unit: 'x', goal: { atMost: 1.05 }, note }];
  },
};

function share(cpuShare: number, note: string): Figure {
  return { figure: 'signals.read_cpu_share', value: 100 * cpuShare, unit: '% of core', goal: { atMost: 25 }, note };
}

async function readFarm(farmPods: number, rounds: number, waitMs: number): Promise<Reading> {
  const port = await freePort();
  const farm = startScript([script('engine-farm'), `${port}`, `${farmPods}`]);
  try {
    await waitFor(`http://127.0.0.${farmPods}:${port}/metrics`);
    const words = [script('engine-reader'), ...[port, farmPods, rounds, waitMs].map(String)];
    const { stdout } = await promisify(execFile)(process.execPath, words);
    return JSON.parse(stdout) as Reading;
  } finally {
    await farm.stop();
  }
}

function script(name: string): string {
  return fileURLToPath(new URL(`${name}.ts`, import.meta.url));
}
