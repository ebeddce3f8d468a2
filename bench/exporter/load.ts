import type { Benchmark, Figure } from '../figure.ts';
import { pause } from '../program.ts';
import { memoryOf } from '../processes.ts';
import type { Memory } from '../processes.ts';
import { percentile } from '../statistics.ts';
import { eightHolders, nvidiaSmiDriver, nvmlDriver, wholeGpus } from './drivers.ts';
import type { Driver } from './drivers.ts';
import { startNode } from './node.ts';
import type { BenchNode } from './node.ts';
import { Undo } from './undo.ts';

const scrapesBeforeMemory = 10_000;
const timedScrapes = 300;
const cpuWindowMs = 25_000;
/** In its first half minute a program compiles itself and gives back what only its start needed; it runs for weeks after that. */
const untilSteadyMs = 25_000;
const scrapeEveryMs = 5_000;

/**
 * The exporter on a node with 8 GPUs and 64 pods, 8 of which hold a GPU each, sampling once a second from a stand-in
 * driver and a stand-in kubelet. All its processes count, that which holds NVML too. The CPU that is spent within the stand-in
 * library does not (driver-time.c measures it): it is the driver's. So is the tool with nvidia-smi, with all its memory.
 */
export const nvmlLoad = loadOf('exporter', (undo) => nvmlDriver(undo, wholeGpus(8)));
export const nvidiaSmiLoad = loadOf('exporter.nvidia_smi', nvidiaSmiDriver);

function loadOf(name: string, driverOf: (undo: Undo) => Driver): Benchmark {
  const figures = ['scrape_p99', 'cpu_share', 'rss'].map((figure) => `${name}.${figure}`);
  return {
    figures,
    async run() {
      const undo = new Undo();
      try {
        const node = await startNode(undo, { driver: driverOf(undo), allocations: () => holders, podSeries: 8 });
        const delays = await timeScrapes(node);
        await pause(untilSteadyMs);
        const share = await cpuShare(node);
        await node.scraper.times(scrapesBeforeMemory);
        return describe(name, { delays, share, memory: memoryOf(node.ownPids()) });
      } finally {
        await undo.run();
      }
    },
  };
}

const holders = eightHolders();

interface Measured {
  readonly delays: readonly number[];
  readonly share: number;
  readonly memory: Memory;
}

function describe(name: string, { delays, share, memory }: Measured): Figure[] {
  const shared = `PSS ${memory.pss.toFixed(0)} MiB, anonymous ${memory.anonymous.toFixed(0)}; after ${scrapesBeforeMemory} scrapes`;
  const median = `median ${percentile(delays, 0.5).toFixed(2)} ms`;
  return [
    { figure: `${name}.scrape_p99`, value: percentile(delays, 0.99), unit: 'ms', goal: { atMost: 5 }, note: median },
    { figure: `${name}.cpu_share`, value: 100 * share, unit: '% of core', goal: { atMost: 0.5 } },
    { figure: `${name}.rss`, value: memory.rss, unit: 'MiB', goal: { atMost: 90 }, note: shared },
  ];
}

/** Milliseconds of each of a few hundred scrapes, spread over many samples. */
async function timeScrapes({ scraper }: BenchNode): Promise<number[]> {
  const delays: number[] = [];
  for (let scrape = 0; scrape < timedScrapes; scrape += 1) {
    const start = performance.now();
    await scraper.scrape();
    delays.push(performance.now() - start);
    await pause(30);
  }
  return delays;
}

/** Cores used beyond the driver's time, while sampling once a second and scraped every 5 s. */
export async function cpuShare({ scraper, ownCpuSeconds }: BenchNode, windowMs = cpuWindowMs): Promise<number> {
  const [startSeconds, start] = [ownCpuSeconds(), performance.now()];
  while (performance.now() - start < windowMs) {
    await scraper.scrape();
    await pause(scrapeEveryMs);
  }
  return (ownCpuSeconds() - startSeconds) / ((performance.now() - start) / 1_000);
}
