import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** CPU time of the host since it was started, of all its cores together; in whatever unit, the same in both. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/** Reads them from the kernel's own account. Throws where there is none. */
export function readCpuTimes(): CpuTimes {
  return process.platform === 'linux' ? parseProcStat(readFileSync('/proc/stat', 'latin1')) : timesOfCores();
}

/**
 * The first line of /proc/stat: `cpu`, then user, nice, system, idle, waiting for a disk, interrupts and so on; what guests
 * use, which comes last, is in user and nice already. Spec: proc(5). Throws for any other text.
 */
export function parseProcStat(text: string): CpuTimes {
  const digits = /^cpu +(\d+(?: \d+){3,})$/m.exec(text)?.[1];
  if (digits === undefined) throw new Error('/proc/stat does not begin with the times of all cores');
  const times = digits.split(' ').slice(0, 8).map(Number);
  const [, , , idle = 0, waiting = 0] = times;
  const total = times.reduce((sum, time) => sum + time, 0);
  return { busy: total - idle - waiting, total };
}

function timesOfCores(): CpuTimes {
  const cores = cpus().map(({ times }) => times);
  const total = cores.reduce((sum, { user, nice, sys, idle, irq }) => sum + user + nice + sys + idle + irq, 0);
  return { busy: total - cores.reduce((sum, { idle }) => sum + idle, 0), total };
}
