import type { Cancel, Clock } from '../domain/clock.ts';
import type { Logger } from '../telemetry/logger.ts';
import { keepHeapSmall } from './heap.ts';

/** By then all has run that runs all the time. */
const startMs = 10_000;

/**
 * Plans that the memory is given back which only the start needed, and that no more is taken than is used. In this order, so that
 * what collecting garbage needs is there from the first time on.
 */
export function afterStart(clock: Clock, logger: Logger): Cancel {
  let isOver = false;
  let cancel = clock.after(startMs, () => void begin());
  const begin = async (): Promise<void> => {
    await dropPages(logger);
    if (!isOver) cancel = keepHeapSmall(clock);
  };
  return () => {
    isOver = true;
    cancel();
  };
}

/** Takes the means to call the C library, which nothing else in this process does: where they lack, the pages just stay. */
async function dropPages(logger: Logger): Promise<void> {
  const pages = await import('../gpu/start-pages.ts').catch(() => undefined);
  logger.debug({ droppedBytes: pages?.dropStartPages() ?? 0 }, 'start is over');
}
