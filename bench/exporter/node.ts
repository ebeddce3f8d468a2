import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Allocation } from '../../src/domain/gpu.ts';
import { freePort } from '../../src/program/child.ts';
import { startKubelet } from '../../src/simulator/kubelet.ts';
import { startProgram, waitFor } from '../program.ts';
import { childrenOf, commandOf, cpuSecondsOf } from '../processes.ts';
import type { Driver } from './drivers.ts';
import { Scraper } from './scraper.ts';
import type { Undo } from './undo.ts';

/** A node with an exporter on it, compiled and started as the chart does. */
export interface BenchNode {
  readonly scraper: Scraper;
  /** The exporter and the process of its own that holds NVML; the driver's tool is not its own. */
  readonly ownPids: () => number[];
  /** CPU seconds of these so far, but for those that were spent within the driver. */
  readonly ownCpuSeconds: () => number;
  /** Ends the exporter before all else is undone. */
  readonly stop: () => Promise<void>;
}

interface Settings {
  readonly driver: Driver;
  readonly allocations: () => readonly Allocation[];
  readonly sampleInterval?: string;
  /** How many series of pods there are when all is known. */
  readonly podSeries: number;
}

const patienceMs = 60_000;

/** Starts a kubelet and an exporter, and waits until all pods show. */
export async function startNode(undo: Undo, settings: Settings): Promise<BenchNode> {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-bench-'));
  undo.onTestFinished(() => rmSync(folder, { recursive: true }));
  const socket = join(folder, 'kubelet.sock');
  const kubelet = await startKubelet(socket, settings.allocations);
  undo.onTestFinished(() => kubelet.close());
  mkdirSync(join(folder, 'pods'));
  const port = await freePort();
  const exporter = startProgram('exporter', [
    ...['--host', '127.0.0.1', '--port', `${port}`, '--kubelet-socket', socket],
    ...['--pod-logs-path', join(folder, 'pods'), '--sample-interval', settings.sampleInterval ?? '1s'],
    ...settings.driver.args,
  ]);
  undo.onTestFinished(() => exporter.stop());
  await waitFor(`http://127.0.0.1:${port}/readyz`, patienceMs);
  const scraper = new Scraper(`http://127.0.0.1:${port}/metrics`);
  undo.onTestFinished(() => scraper.close());
  const isWhole = (text: string): boolean => text.match(/^pilotlight_pod_gpu_memory_used_bytes\{/gm)?.length === settings.podSeries; // prettier-ignore
  await scraper.until(isWhole, patienceMs);
  const ownChildren = (): number[] => childrenOf(exporter.pid).filter((pid) => commandOf(pid).includes('/nvml/child.'));
  const ownPids = (): number[] => [exporter.pid, ...ownChildren()];
  const ownCpuSeconds = (): number => cpuSecondsOf(ownPids()) - settings.driver.cpuSeconds();
  return { scraper, ownPids, ownCpuSeconds, stop: exporter.stop };
}
