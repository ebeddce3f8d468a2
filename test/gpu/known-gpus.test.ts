import { expect, it } from 'vitest';
import type { GpuSample } from '../../src/domain/gpu.ts';
import { KnownGpus } from '../../src/gpu/known-gpus.ts';
import { gpu, gpuUuid } from '../support/gpu-builders.ts';

const sampleOf = (...indexes: number[]): GpuSample => ({
  observedAtMs: 0,
  devices: indexes.map((index) => gpu(index)),
});

it('names a GPU that is counted and not shown any more, and forgets one that is not counted either', () => {
  const known = new KnownGpus();
  expect(known.withLost(sampleOf(0, 1, 2), 0)).toEqual(sampleOf(0, 1, 2));
  const lost = { index: 1, uuid: gpuUuid(1), model: gpu(1).model, pciBusId: gpu(1).pciBusId };
  expect(known.withLost(sampleOf(0, 2), 1)).toEqual({ ...sampleOf(0, 2), lostCount: 1, lost: [lost] });
  expect(known.withLost(sampleOf(0, 1, 2), 0)).not.toHaveProperty('lost');
  expect(known.withLost(sampleOf(0, 2), 0)).not.toHaveProperty('lost');
  expect(known.withLost(sampleOf(0, 2), 1)).toMatchObject({ lostCount: 1, lost: [] });
});

it('counts GPUs that were never shown, and takes a GPU that was pulled for gone while others are lost', () => {
  const known = new KnownGpus();
  expect(known.withLost(sampleOf(0), 2)).toMatchObject({ lostCount: 2, lost: [] });
  known.withLost(sampleOf(0, 1), 0);
  const { lost } = known.withLost(sampleOf(), 1);
  expect(lost).toHaveLength(1);
  known.withLost(sampleOf(0), 0);
  expect(known.withLost(sampleOf(0), 1)).toMatchObject({ lostCount: 1, lost: [] });
});
