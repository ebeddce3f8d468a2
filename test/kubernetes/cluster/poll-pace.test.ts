import { expect, it } from 'vitest';
import { PollPace } from '../../../src/kubernetes/cluster/poll-pace.ts';

it.each([
  [1, 5_000],
  [250, 5_000],
  [10_000, 200_000],
])('polls %i objects every %i ms', (polled, intervalMs) => {
  const pace = new PollPace();
  const leaves = Array.from({ length: polled }, () => pace.join());
  expect(pace.intervalMs).toBe(intervalMs);
  for (const leave of leaves) {
    leave();
    leave();
  }
  expect(pace.intervalMs).toBe(5_000);
  pace.join();
  expect(pace.intervalMs).toBe(5_000);
});
