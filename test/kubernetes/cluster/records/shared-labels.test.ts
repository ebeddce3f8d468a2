import { expect, it } from 'vitest';
import { SharedLabels } from '../../../../src/kubernetes/cluster/records/shared-labels.ts';

it('gives equal labels as one object, and others as they are', () => {
  const shared = new SharedLabels();
  const first = shared.share({ app: 'llama', team: 'a' });
  expect(shared.share({ app: 'llama', team: 'a' })).toBe(first);
  expect(shared.share({ app: 'llama', team: 'b' })).toEqual({ app: 'llama', team: 'b' });
  expect(shared.share({})).toEqual({});
});

it('forgets those that came long ago', () => {
  const shared = new SharedLabels();
  const first = shared.share({ app: 'llama' });
  for (let index = 0; index < 20_000; index += 1) shared.share({ 'pod-index': String(index) });
  expect(shared.share({ app: 'llama' })).not.toBe(first);
  expect(shared.share({ app: 'llama' })).toEqual(first);
});
