import { freePort } from '../../src/program/child.ts';
import { currentFields } from '../../test/support/fake-nvidia-smi.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { pause, startScript, waitFor } from '../program.ts';
import { treeCpuSeconds } from '../processes.ts';
import { eightHolders, nvidiaSmi, nvidiaSmiDriver } from './drivers.ts';
import { startNode } from './node.ts';
import { Scraper } from './scraper.ts';
import { Undo } from './undo.ts';

const windowMs = 20_000;

/**
 * CPU of the exporter with its looping nvidia-smi over that of a program that runs the same nvidia-smi anew for each scrape. Both
 * are scraped once a second, so that both have a reading of each second; for both, the tool's CPU counts. The stand-in tool takes
 * tenths of a second to start, as the real one does that has to initialise NVML.
 */
export const forkRatio: Benchmark = { figures: ['exporter.fork_ratio'], run: measureForkRatio };

async function measureForkRatio(): Promise<Figure[]> {
  const undo = new Undo();
  try {
    const node = await startNode(undo, { driver: nvidiaSmiDriver(undo), allocations: () => holders, podSeries: 8 });
    const own = await cpuOf(node.pid, node.scraper);
    const peer = await startPeer(undo);
    const forking = await cpuOf(peer.pid, peer.scraper);
    const note = `${(1_000 * own).toFixed(1)} over ${(1_000 * forking).toFixed(0)} ms a second`;
    return [{ figure: 'exporter.fork_ratio', value: own / forking, unit: 'ratio', goal: { atMost: 0.1 }, note }];
  } finally {
    await undo.run();
  }
}

const holders = eightHolders();

async function startPeer(undo: Undo): Promise<{ pid: number; scraper: Scraper }> {
  const port = await freePort();
  const peer = startScript(['bench/exporter/forking-peer.ts', nvidiaSmi(undo), currentFields.join(','), `${port}`]);
  undo.onTestFinished(() => peer.stop());
  const url = `http://127.0.0.1:${port}/metrics`;
  await waitFor(url, 60_000);
  const scraper = new Scraper(url);
  undo.onTestFinished(() => scraper.close());
  await scraper.until((text) => text.match(/^peer_utilization_gpu\{/gm)?.length === 8, windowMs);
  return { pid: peer.pid, scraper };
}

/** CPU seconds a second, with all that the process has started. */
async function cpuOf(pid: number, scraper: Scraper): Promise<number> {
  const [startSeconds, start] = [treeCpuSeconds(pid), performance.now()];
  while (performance.now() - start < windowMs) {
    await scraper.scrape();
    await pause(1_000);
  }
  return (treeCpuSeconds(pid) - startSeconds) / ((performance.now() - start) / 1_000);
}
