import { execFileSync } from 'node:child_process';

/** The cores that figures are stated for. */
const measuredCores = 2;
/** Clients, the stand-in for the cluster's API and the engine pods take up to two more. */
const leastCores = measuredCores + 2;

/** Which cores, as `taskset` takes them, are for what; a machine with too few has none for the scaler alone. */
export interface Shares {
  readonly measured: string | undefined;
  /** How it was, for the note of a figure. */
  readonly note: string;
  /** Lets this process run where it could before. */
  release(): void;
}

/**
 * Keeps two cores for what is measured, and moves this process and all that it starts from now on to the others. On a
 * machine with fewer than four all share them.
 */
export function shareOutCores(): Shares {
  const cores = allowedCores();
  if (cores.length < leastCores) {
    return { measured: undefined, note: 'cores shared with clients and cluster', release: () => undefined };
  }
  moveTo(cores.slice(0, -measuredCores));
  return {
    measured: cores.slice(-measuredCores).join(),
    note: 'two cores of its own',
    release: () => moveTo(cores),
  };
}

/** Moves all threads of this process. */
function moveTo(cores: readonly number[]): void {
  taskset('--all-tasks', '--cpu-list', '--pid', cores.join(), `${process.pid}`);
}

/** The cores that this process may run on, which a container or `taskset` may have made fewer. */
function allowedCores(): number[] {
  // It says `pid 17's current affinity list: 0-3,8`.
  const list = taskset('--cpu-list', '--pid', `${process.pid}`).split(':').at(-1) ?? '';
  return list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function taskset(...args: readonly string[]): string {
  return execFileSync('taskset', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
