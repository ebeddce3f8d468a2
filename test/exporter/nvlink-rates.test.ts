import { expect, it } from 'vitest';
import { NvlinkRates } from '../../src/exporter/nvlink-rates.ts';
import { gpu, gpuUuid } from '../support/gpu-builders.ts';

/** What NVLinks have carried, each way; undefined where the driver does not tell. */
type Counts = readonly [sent: number, received: number | undefined];

function play(samples: readonly (readonly [atMs: number, ...gpus: readonly Counts[]])[]): Record<string, number> {
  const rates = new NvlinkRates();
  let last: ReadonlyMap<string, number> = new Map();
  for (const [observedAtMs, ...gpus] of samples) {
    const devices = gpus.map(([nvlinkTransmittedBytes, nvlinkReceivedBytes], index) =>
      gpu(index, { nvlinkTransmittedBytes, ...(nvlinkReceivedBytes !== undefined && { nvlinkReceivedBytes }) }),
    );
    last = rates.of({ observedAtMs, devices });
  }
  return Object.fromEntries(last);
}

it.each([
  ['nothing at first', {}, [[1_000, [50, 50]]]],
  ['both ways over the time between', { [gpuUuid(0)]: 1_500 }, [[1_000, [100, 0]], [3_000, [2_100, 1_000]]]],
  ['0 where nothing was carried', { [gpuUuid(0)]: 0 }, [[1_000, [100, 5]], [2_000, [100, 5]]]],
  ['the same when it is asked again', { [gpuUuid(0)]: 100 }, [[1_000, [0, 0]], [2_000, [100, 0]], [2_000, [100, 0]]]],
  ['each GPU by itself, and nothing of one that came', { [gpuUuid(0)]: 10 }, [[1_000, [0, 0]], [2_000, [10, 0], [9_999, 0]]]],
  ['nothing of a count that began anew', {}, [[1_000, [100, 100]], [2_000, [7, 7]]]],
  ['nothing of a GPU of which one way is not told', {}, [[1_000, [0, undefined]], [2_000, [100, undefined]]]],
  ['nothing where the clock was set back', {}, [[5_000, [0, 0]], [1_000, [100, 0]]]],
] as const)('tells %s', (_, rates, samples) => {
  expect(play(samples)).toEqual(rates);
}); // prettier-ignore
