import type { Benchmark, Figure } from '../figure.ts';
import type { Allocation } from '../../src/domain/gpu.ts';
import type { MockGpu } from '../../test/support/mock-nvml.ts';
import { eightHolders, nvmlDriver, sliceHolders, slicedGpus, wholeGpus } from './drivers.ts';
import { cpuShare } from './load.ts';
import { startNode } from './node.ts';
import { Undo } from './undo.ts';

/**
 * CPU of all the exporter's processes, beyond the driver's time, on a node of 16 GPUs in 7 slices each, every slice a pod's, over
 * that on one of 8 whole GPUs.
 */
export const migFactor: Benchmark = { figures: ['exporter.mig_factor'], run: measureMig };

async function measureMig(): Promise<Figure[]> {
  const whole = await costOf(wholeGpus(8), eightHolders(), 8);
  const sliced = await costOf(slicedGpus(16), sliceHolders(), 112);
  const note = `${(100 * sliced).toFixed(2)} over ${(100 * whole).toFixed(2)} % of a core`;
  return [{ figure: 'exporter.mig_factor', value: sliced / whole, unit: 'ratio', goal: { atMost: 4 }, note }];
}

async function costOf(gpus: readonly MockGpu[], holders: readonly Allocation[], podSeries: number): Promise<number> {
  const undo = new Undo();
  try {
    return await cpuShare(await startNode(undo, { driver: nvmlDriver(undo, gpus), allocations: () => holders, podSeries })); // prettier-ignore
  } finally {
    await undo.run();
  }
}
