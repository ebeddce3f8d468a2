import { describe, expect, it } from 'vitest';
import { onlyNamespaces } from '../../src/kubernetes/only-namespaces.ts';
import { FakeWorkloads } from '../support/fake-workloads.ts';

const ours = { namespace: 'inference', name: 'llama' };
const theirs = { namespace: 'other', name: 'llama' };

describe('onlyNamespaces', () => {
  it('asks nothing of a namespace that is not served, and says where that is set', () => {
    const source = new FakeWorkloads();
    const only = onlyNamespaces(['inference', 'batch'], source);
    for (const ref of [ours, theirs]) {
      source.set(ref, {});
      only.watch(ref);
    }
    expect(only.lookup(ours)).toMatchObject({ state: 'known', workload: { ref: ours } });
    expect(only.lookup(theirs)).toEqual({
      state: 'unknown',
      reason:
        'ScaledObject other/llama: this scaler serves the namespaces inference, batch only; see its option --namespaces',
    });
    expect([...source.watched.keys()]).toEqual(['inference/llama']);
  });

  it('is the source itself where no namespace is named', () => {
    const source = new FakeWorkloads();
    expect(onlyNamespaces([], source)).toBe(source);
  });
});
