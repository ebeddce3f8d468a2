import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Allocation } from '../src/domain/gpu.ts';
import { freePort } from '../src/program/child.ts';
import { startKubelet } from '../src/simulator/kubelet.ts';
import { currentFields, fakeGpu, fakeUuid } from '../test/support/fake-nvidia-smi.ts';
import type { Benchmark, Figure } from './figure.ts';
import { cpuSeconds, pause, residentMiB, startProgram, waitFor } from './program.ts';
import { percentile } from './statistics.ts';

const gpus = 8;
const pods = 64;
const scrapesBeforeMemory = 10_000;
const timedScrapes = 300;
const cpuWindowMs = 30_000;
const scrapeEveryMs = 5_000;

/**
 * The exporter on a node with 8 GPUs and 64 pods, 8 of which hold a GPU each, sampling once a second from a stand-in
 * driver and a stand-in kubelet. Its CPU is that of its own process: the driver's tool is a child and not counted.
 */
export const exporterLoad: Benchmark = {
  figures: ['exporter.scrape_p99', 'exporter.cpu_share', 'exporter.rss'],
  run: measureExporter,
};

async function measureExporter(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  const socket = join(folder, 'kubelet.sock');
  const kubelet = await startKubelet(socket, () => allocations);
  const port = await freePort();
  const exporter = startProgram('exporter', [
    ...['--host', '127.0.0.1', '--port', `${port}`, '--kubelet-socket', socket, '--sample-interval', '1s'],
    ...['--backend', 'nvidia-smi', '--nvidia-smi-path', standInDriver(folder)],
  ]);
  const url = `http://127.0.0.1:${port}/metrics`;
  try {
    await waitFor(`http://127.0.0.1:${port}/readyz`);
    await untilPodsShow(url);
    const delays = await timeScrapes(url);
    const share = await cpuShare(exporter.pid, url);
    for (let scrape = 0; scrape < scrapesBeforeMemory; scrape += 1) await scrapeOnce(url);
    return figures(delays, share, residentMiB(exporter.pid));
  } finally {
    await exporter.stop();
    kubelet.close();
    rmSync(folder, { recursive: true });
  }
}

function figures(delays: readonly number[], share: number, rssMiB: number): Figure[] {
  const p99 = percentile(delays, 0.99);
  const scrapeNote = `median ${percentile(delays, 0.5).toFixed(2)} ms`;
  const rssNote = `after ${scrapesBeforeMemory} scrapes`;
  return [
    { figure: 'exporter.scrape_p99', value: p99, unit: 'ms', goal: { atMost: 5 }, note: scrapeNote },
    { figure: 'exporter.cpu_share', value: 100 * share, unit: '% of core', goal: { atMost: 1 } },
    { figure: 'exporter.rss', value: rssMiB, unit: 'MiB', goal: { atMost: 90 }, note: rssNote },
  ];
}

/** What 64 pods hold: the first 8 a GPU each, the others none. */
const allocations: readonly Allocation[] = Array.from({ length: pods }, (_, i) => ({
  namespace: 'inference',
  pod: `model-${i}`,
  container: 'main',
  resource: 'nvidia.com/gpu',
  deviceIds: i < gpus ? [fakeUuid(i)] : [],
}));

/** An executable that speaks nvidia-smi's command line for 8 healthy GPUs. */
function standInDriver(folder: string): string {
  const driver = { fields: currentFields, gpus: Array.from({ length: gpus }, (_, i) => fakeGpu(i)) };
  const [path, driverFile] = [join(folder, 'nvidia-smi'), join(folder, 'driver.json')];
  const program = fileURLToPath(new URL('../test/support/nvidia-smi-program.ts', import.meta.url));
  writeFileSync(driverFile, JSON.stringify(driver));
  writeFileSync(path, `#!/bin/sh\nexec "${process.execPath}" "${program}" "${driverFile}" "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

async function scrapeOnce(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function untilPodsShow(url: string): Promise<void> {
  for (let attempts = 0; attempts < 200; attempts += 1) {
    const series = (await scrapeOnce(url)).match(/^pilotlight_pod_gpu_utilization_ratio\{/gm)?.length;
    if (series === gpus) return;
    await pause(100);
  }
  throw new Error(`no ${gpus} pod series within 20 s`);
}

/** Milliseconds of each of a few hundred scrapes, spread over many samples. */
async function timeScrapes(url: string): Promise<number[]> {
  const delays: number[] = [];
  for (let scrape = 0; scrape < timedScrapes; scrape += 1) {
    const start = performance.now();
    await scrapeOnce(url);
    delays.push(performance.now() - start);
    await pause(30);
  }
  return delays;
}

/** Cores used while sampling once a second and scraped every 5 s. */
async function cpuShare(pid: number, url: string): Promise<number> {
  const [startSeconds, start] = [cpuSeconds(pid), performance.now()];
  while (performance.now() - start < cpuWindowMs) {
    await scrapeOnce(url);
    await pause(scrapeEveryMs);
  }
  return (cpuSeconds(pid) - startSeconds) / ((performance.now() - start) / 1_000);
}
