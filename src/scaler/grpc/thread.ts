import { parentPort, workerData } from 'node:worker_threads';
import { clockOf, systemClock } from '../../program/system-clock.ts';
import type { Pace } from '../../program/system-clock.ts';
import { serveFront } from './front.ts';
import type { FrontSetting } from './front.ts';

export interface ThreadSetting extends FrontSetting {
  /** How the clock of decisions runs. */
  readonly pace: Pace | undefined;
}

/** The thread that serves gRPC. It ends when it is told to, or with the one who started it. */
const { pace, ...setting } = workerData as ThreadSetting;
if (parentPort) await serveFront(parentPort, setting, { clock: clockOf(pace), transportClock: systemClock });
parentPort?.close();
