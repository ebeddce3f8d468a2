import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { ProcessClock } from '../../program/system-clock.ts';
import type { FrontSetting } from '../grpc/front.ts';
import type { ThreadSetting } from '../grpc/thread.ts';
import type { Port } from './message.ts';

/** In MiB. What a call leaves behind is garbage at once, and seldom much at a time. */
const youngSpace = '--max-semi-space-size=4';
const program = new URL(`../grpc/thread${extname(import.meta.url)}`, import.meta.url);

/**
 * Starts the thread that serves gRPC. A defect that ends it ends the program, as it would in the main thread: a scaler
 * that hears nobody is none, and the kubelet starts another.
 * @param clock what decisions and calendars go by
 */
export function startGrpcThread(clock: ProcessClock): (setting: FrontSetting) => Port {
  return (setting) => {
    // A flag, because the one that the chart gives counts more than the limits of a worker.
    setFlagsFromString(youngSpace);
    const workerData: ThreadSetting = { ...setting, pace: clock.pace };
    const worker = new Worker(program, { name: 'grpc', workerData });
    worker.on('error', (error) => {
      throw error;
    });
    return worker;
  };
}
