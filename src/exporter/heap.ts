import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Cancel, Clock } from '../domain/clock.ts';

/** How much may lie around beyond what was in use after the last full collection. */
const slackBytes = 2 * 1_048_576;
const intervalMs = 5_000;

/** Has V8 prefer a small heap to a fast one, whatever flags Node was started with. It sets no limit that one could run into. */
export function preferSmallHeap(): void {
  // The exporter does little, and the same for ever: optimised machine code would take more memory than it saves time.
  for (const flag of ['--no-opt', '--no-maglev']) setFlagsFromString(flag);
  // What is made for a sample is gone with the next, so room for new objects need not grow; helping threads cost more than they help.
  for (const flag of ['--semi-space-growth-factor=1', '--no-parallel-scavenge', '--memory-saver-mode']) setFlagsFromString(flag); // prettier-ignore
  // To save memory V8 would collect all garbage for each megabyte, with all its threads; see `keepHeapSmall`.
  setFlagsFromString('--heap-growing-percent=50');
}

/**
 * Collects all garbage now and whenever two megabytes of it have piled up. V8 by itself lets more pile up before it
 * looks at objects that have survived a while, as those of a sample do. Takes some 10 ms each time, once in minutes.
 */
export function keepHeapSmall(clock: Clock): Cancel {
  const collect = exposedCollector();
  let mostBytes = 0;
  let cancel: Cancel;
  const look = (): void => {
    if (getHeapStatistics().used_heap_size > mostBytes) {
      collect();
      mostBytes = getHeapStatistics().used_heap_size + slackBytes;
    }
    cancel = clock.after(intervalMs, look);
  };
  look();
  return () => cancel();
}

/** V8's own, which only contexts have that are made while the flag is on. */
function exposedCollector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  setFlagsFromString('--no-expose-gc');
  return collect;
}
