import { expect, it } from 'vitest';
import { keepHeapSmall } from '../../src/exporter/heap.ts';
import { HandClock } from '../support/hand-clock.ts';

it('garbage of some megabytes is collected at the next look, and nothing after the end', async () => {
  const clock = new HandClock();
  const cancel = keepHeapSmall(clock);
  const [first] = litter();
  await clock.advance(5_000);
  expect(first?.deref()).toBeUndefined();
  cancel();
  expect(clock.pending).toBe(0);
});

/** Twenty megabytes that nobody holds on to. */
function litter(): WeakRef<number[]>[] {
  return Array.from({ length: 20 }, () => new WeakRef(Array.from({ length: 131_072 }, Math.random)));
}
