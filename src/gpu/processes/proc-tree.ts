import { closeSync, openSync, readSync } from 'node:fs';
import { parseCgroup } from './cgroup.ts';
import type { CgroupPlace } from './cgroup.ts';

/** Where a process runs, or why that can't be told. `gone`: it was seen before and is no more. */
export type ProcessPlace = CgroupPlace | { readonly kind: 'gone' } | { readonly kind: 'unseen' };

interface Seen {
  /** Since the host's start; with the number it tells a process from a later one of the same number. */
  readonly startTime: string;
  readonly place: CgroupPlace;
}

/** More than a node has processes on its GPUs: with fewer, each sample would forget those that the next asks for first. */
const mostRemembered = 32_768;
/** Longer than any stat, and than cgroup files of twelve controllers. */
const longestFile = 16_384;

/**
 * Tells where single processes run, from the /proc of the host. Reads two small files of a process when it is first asked
 * for, and one after that; never lists the processes of the node.
 */
export class ProcTree {
  readonly #root: string;
  /** The one asked for last stands last. */
  readonly #seen = new Map<number, Seen>();
  readonly #buffer = Buffer.alloc(longestFile);

  /** @param root `/proc`, or where the host's is mounted */
  constructor(root: string) {
    this.#root = root;
  }

  placeOf(pid: number): ProcessPlace {
    const before = this.#seen.get(pid);
    const startTime = readStartTime(this.#read(pid, 'stat'));
    if (startTime === undefined) return { kind: before ? 'gone' : 'unseen' };
    if (before?.startTime === startTime) return this.#remember(pid, before);
    const text = this.#read(pid, 'cgroup');
    const startTimeNow = readStartTime(this.#read(pid, 'stat'));
    if (startTimeNow === undefined) return { kind: 'gone' };
    // The file can't be read, or the number is another process' by now.
    if (text === undefined || startTimeNow !== startTime) return { kind: 'unknown' };
    return this.#remember(pid, { startTime, place: parseCgroup(text) });
  }

  #remember(pid: number, seen: Seen): CgroupPlace {
    this.#seen.delete(pid);
    // A place that could not be told may be told the next time.
    if (seen.place.kind !== 'unknown') this.#seen.set(pid, seen);
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined && this.#seen.size > mostRemembered) this.#seen.delete(oldest);
    return seen.place;
  }

  /** The text of a file of the process, as far as it is of use; undefined where there is none. */
  #read(pid: number, name: string): string | undefined {
    let file: number | undefined;
    try {
      file = openSync(`${this.#root}/${pid}/${name}`, 'r');
      return this.#buffer.toString('utf8', 0, readSync(file, this.#buffer, 0, longestFile, 0));
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) closeSync(file);
    }
  }
}

/** Field 22 of `/proc/<pid>/stat`. The name in field 2 may hold blanks and brackets, so counting begins after its last one. */
function readStartTime(stat: string | undefined): string | undefined {
  const afterName = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const startTime = afterName[19];
  return startTime !== undefined && /^\d+$/.test(startTime) ? startTime : undefined;
}
