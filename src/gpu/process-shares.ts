import type { EpochMs } from '../domain/clock.ts';
import type { GpuDevice, GpuProcess } from '../domain/gpu.ts';

/**
 * How long a process' utilization is looked at. The driver looks five times a second which process runs and gives the
 * whole time to that one, so over one second two processes that run alike read 99 and 0, then 20 and 79.
 */
const windowMs = 10_000;

/** What one reading said of the processes of one GPU, and for how long it stands. */
interface Reading {
  readonly atMs: EpochMs;
  readonly weightMs: number;
  readonly device: number | undefined;
  readonly sum: number;
  /** Of the processes that ran; NaN for one of which that is not known. */
  readonly ratios: ReadonlyMap<number, number>;
}

interface History {
  readonly readings: Reading[];
  /** When each process that is there was first listed. */
  firstSeen: ReadonlyMap<number, EpochMs>;
  lastAtMs: EpochMs;
}

/**
 * Makes steady figures of what the driver says of processes: each gets its part of the GPU's utilization now, by what it
 * ran of all that the GPU ran in the last ten seconds, or since it began. What no process is known to have run is nobody's.
 */
export class ProcessShares {
  readonly #histories = new Map<string, History>();

  /** The GPUs with the utilization of their processes made steady; those of GPUs that are gone are forgotten. */
  smooth(devices: readonly GpuDevice[], atMs: EpochMs): GpuDevice[] {
    const there = new Set(devices.map(({ uuid }) => uuid));
    for (const uuid of this.#histories.keys()) if (!there.has(uuid)) this.#histories.delete(uuid);
    return devices.map((device) => this.#smoothOne(device, atMs));
  }

  #smoothOne(device: GpuDevice, atMs: EpochMs): GpuDevice {
    if (!device.processes || device.migEnabled) return device;
    const before = this.#histories.get(device.uuid);
    // A clock that was set back must not leave readings of the future.
    const history = before && before.lastAtMs <= atMs ? before : begin(atMs);
    this.#histories.set(device.uuid, history);
    remember(history, device, device.processes, atMs);
    const processes = device.processes.map((process) => withShare(process, history, device.utilizationRatio));
    return { ...device, processes };
  }
}

/** What the first reading stands for is not known; a second is what readings are apart, mostly. */
function begin(atMs: EpochMs): History {
  return { readings: [], firstSeen: new Map(), lastAtMs: atMs - 1_000 };
}

function remember(history: History, device: GpuDevice, processes: readonly GpuProcess[], atMs: EpochMs): void {
  history.firstSeen = new Map(processes.map(({ pid }) => [pid, history.firstSeen.get(pid) ?? atMs]));
  const weightMs = Math.min(windowMs, Math.max(1, atMs - history.lastAtMs));
  history.lastAtMs = atMs;
  const isTold = processes.some(({ smUtilizationRatio }) => smUtilizationRatio !== undefined);
  const ran = processes.filter(({ smUtilizationRatio }) => smUtilizationRatio !== 0);
  const ratios = new Map(ran.map(({ pid, smUtilizationRatio = NaN }) => [pid, smUtilizationRatio]));
  const sum = ran.reduce((total, { smUtilizationRatio = 0 }) => total + smUtilizationRatio, 0);
  if (isTold) history.readings.push({ atMs, weightMs, device: device.utilizationRatio, sum, ratios });
  while (history.readings[0] && history.readings[0].atMs <= atMs - windowMs) history.readings.shift();
}

/** What a process ran of what its GPU ran, since it was first seen. In milliseconds of a whole GPU, but for `spanMs`. */
interface Share {
  readonly spanMs: number;
  readonly ran: number;
  readonly sum: number;
  readonly device: number;
}

function withShare(process: GpuProcess, history: History, deviceNow: number | undefined): GpuProcess {
  const rest: { -readonly [K in keyof GpuProcess]: GpuProcess[K] } = { ...process };
  delete rest.smUtilizationRatio;
  const { spanMs, ran, sum, device } = shareOf(process.pid, history);
  if (spanMs === 0) return rest;
  if (ran === 0) return { ...rest, smUtilizationRatio: 0 };
  const ratio = deviceNow === undefined ? Math.min(1, ran / spanMs) : deviceNow * (ran / Math.max(sum, device));
  return { ...rest, smUtilizationRatio: ratio };
}

/** In one pass: it is made for each process of the node at each sample. */
function shareOf(pid: number, { readings, firstSeen, lastAtMs }: History): Share {
  const firstMs = firstSeen.get(pid) ?? lastAtMs;
  const share = { spanMs: 0, ran: 0, sum: 0, device: 0 };
  for (const { atMs, weightMs, ratios, sum, device = 0 } of readings) {
    const ratio = ratios.get(pid) ?? 0;
    if (atMs < firstMs || Number.isNaN(ratio)) continue;
    share.spanMs += weightMs;
    share.ran += ratio * weightMs;
    share.sum += sum * weightMs;
    share.device += device * weightMs;
  }
  return share;
}
