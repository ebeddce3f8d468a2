import { freePort } from '../../src/program/child.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { pause, startScript, waitFor } from '../program.ts';
import { treeCpuSeconds } from '../processes.ts';
import { eightHolders, nvmlDriver, toolFields, wholeGpus } from './drivers.ts';
import { startNode } from './node.ts';
import { Scraper } from './scraper.ts';
import { Undo } from './undo.ts';

const windowMs = 20_000;

/**
 * From docs/real-gpu.md, for one H100: a question of three fields takes nvidia-smi 10 ms of CPU, nearly all of it to begin; each answer of
 * the loop takes 2.6 ms for 34 fields. (By the report, 50 ms for some 200 values, a value takes 0.2 ms; the lower counts here.)
 */
const costs = { initNanoseconds: 10_000_000, callNanoseconds: 80_000 };

/**
 * The exporter's own CPU over that of a peer that forks nvidia-smi for each scrape, both scraped once a second on a node of eight GPUs,
 * one after the other, with the same stand-in driver at a real driver's cost. The peer asks for every field that the tool knows, as
 * utkuozdemir/nvidia_gpu_exporter does by default; it makes text of them and does nothing else.
 *
 * Counted above the line: the exporter and the process that holds NVML, as always beyond the time in the driver's library. Below it: the
 * peer and all that it starts, with the driver's time, for it is the forks that spend it. The note tells that time on both sides and
 * two ratios more: with the driver's time on both sides, and on neither but for the forks' beginning.
 */
export const forkRatio: Benchmark = { figures: ['exporter.fork_ratio'], run: measureForkRatio };

interface Cost {
  /** Milliseconds of CPU a second, the driver's time included where it is spent. */
  readonly all: number;
  readonly inDriver: number;
}

async function measureForkRatio(): Promise<Figure[]> {
  const undo = new Undo();
  try {
    const driver = nvmlDriver(undo, wholeGpus(8), costs);
    const node = await startNode(undo, { driver, allocations: () => holders, podSeries: 8 });
    const ours = await costOf(node.scraper, () => node.ownCpuSeconds() + driver.cpuSeconds(), driver.cpuSeconds);
    await node.stop();
    const peer = await startPeer(undo, driver.nvidiaSmi);
    return [describe(ours, await costOf(peer.scraper, () => treeCpuSeconds(peer.pid), driver.cpuSeconds))];
  } finally {
    await undo.run();
  }
}

function describe(ours: Cost, forking: Cost): Figure {
  const own = ours.all - ours.inDriver;
  const beginning = costs.initNanoseconds / 1e6;
  const withDriver = ours.all / forking.all;
  const without = own / (forking.all - forking.inDriver + beginning);
  const note = `own ${own.toFixed(1)} ms a second and ${ours.inDriver.toFixed(0)} in the driver; forking ${forking.all.toFixed(0)}, of which ${forking.inDriver.toFixed(0)} in the driver; ${withDriver.toFixed(2)} with its time on both sides, ${without.toFixed(2)} on neither`;
  return { figure: 'exporter.fork_ratio', value: own / forking.all, unit: 'ratio', goal: { atMost: 0.1 }, note };
}

const holders = eightHolders();

async function startPeer(undo: Undo, nvidiaSmi: string): Promise<{ pid: number; scraper: Scraper }> {
  const port = await freePort();
  const peer = startScript(['bench/exporter/forking-peer.ts', nvidiaSmi, toolFields.join(','), `${port}`]);
  undo.onTestFinished(() => peer.stop());
  const url = `http://127.0.0.1:${port}/metrics`;
  await waitFor(url, 60_000);
  const scraper = new Scraper(url);
  undo.onTestFinished(() => scraper.close());
  await scraper.until((text) => text.match(/^peer_utilization_gpu\{/gm)?.length === 8, windowMs);
  return { pid: peer.pid, scraper };
}

async function costOf(scraper: Scraper, all: () => number, inDriver: () => number): Promise<Cost> {
  const [allBefore, driverBefore, start] = [all(), inDriver(), performance.now()];
  while (performance.now() - start < windowMs) {
    await scraper.scrape();
    await pause(1_000);
  }
  const perSecond = (seconds: number): number => (1_000 * seconds) / ((performance.now() - start) / 1_000);
  return { all: perSecond(all() - allBefore), inDriver: perSecond(inDriver() - driverBefore) };
}
