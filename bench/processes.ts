import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks per second in /proc: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** The processes that `pid` has started and that have not ended. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

export function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
}

/** CPU seconds that the threads of the processes have used so far, to the nanosecond; not those of their children. */
export function cpuSecondsOf(pids: readonly number[]): number {
  const files = pids.flatMap((pid) => readdirSync(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}/schedstat`)); // prettier-ignore
  return files.reduce((sum, file) => sum + Number(readFileSync(file, 'utf8').split(' ')[0]), 0) / 1e9;
}

/** CPU seconds of a process and all that it has started, those that have ended too. */
export function treeCpuSeconds(pid: number): number {
  return secondsIn(pid, 4) + childrenOf(pid).reduce((sum, child) => sum + treeCpuSeconds(child), 0);
}

/** Watches how many cores one process (without its children) takes; answers that, as a mean from now until it is asked. */
export function watchCores(pid: number): () => number {
  const [startSeconds, startMs] = [secondsIn(pid, 2), performance.now()];
  return () => (secondsIn(pid, 2) - startSeconds) / ((performance.now() - startMs) / 1_000);
}

/** What the kernel has counted of a process: user and system, then both of its children that have ended. */
function secondsIn(pid: number, counts: 2 | 4): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 11 + counts).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

/** Memory of processes together, in MiB. */
export interface Memory {
  /** What each has mapped, so that pages that several share are counted for each. */
  readonly rss: number;
  /** Shared pages shared out. */
  readonly pss: number;
  /** Pages that no file has: what the node could not take back. */
  readonly anonymous: number;
}

export function memoryOf(pids: readonly number[]): Memory {
  const texts = pids.map((pid) => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  const sum = (name: string): number =>
    texts.reduce((total, text) => total + Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]), 0) / 1024;
  return { rss: sum('Rss'), pss: sum('Pss'), anonymous: sum('Anonymous') };
}
