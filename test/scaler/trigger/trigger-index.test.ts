import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TriggerIndex } from '../../../src/scaler/trigger/trigger-index.ts';

const ref = { namespace: 'inference', name: 'llama' };

describe('TriggerIndex', () => {
  it('finds a trigger whatever the order of its metadata', () => {
    const metadata = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
    fc.assert(
      fc.property(metadata, fc.infiniteStream(fc.nat()), (known, order) => {
        const index = new TriggerIndex<string>();
        index.add(ref, known, 'it');
        const shuffled = Object.entries(known)
          .map((entry) => ({ entry, rank: order.next().value as number }))
          .sort((one, other) => one.rank - other.rank)
          .map(({ entry }) => entry);
        expect(index.find(ref, Object.fromEntries(shuffled))).toBe('it');
      }),
    );
  });

  it.each([
    ['another value', { a: '1', b: '3' }],
    ['a key less', { a: '1' }],
    ['a key more', { a: '1', b: '2', c: '3' }],
    ['another key', { a: '1', c: '2' }],
    ['a key that every object has', { a: '1', constructor: '2' }],
  ])('tells triggers apart by %s', (_, metadata) => {
    const index = new TriggerIndex<string>();
    index.add(ref, { a: '1', b: '2' }, 'it');
    expect(index.find(ref, metadata)).toBeUndefined();
  });

  it('keeps several triggers of one ScaledObject, and forgets the one that is removed', () => {
    const index = new TriggerIndex<string>();
    index.add(ref, { a: '1' }, 'one');
    index.add(ref, { a: '2' }, 'two');
    index.add({ ...ref, name: 'mistral' }, { a: '1' }, 'three');
    expect(index.of(ref)).toEqual(['one', 'two']);
    expect([...index.groups()]).toEqual([['one', 'two'], ['three']]);

    index.remove(ref, 'one');
    index.remove(ref, 'never added');
    expect(index.of(ref)).toEqual(['two']);
    expect(index.size).toBe(2);
    index.remove(ref, 'two');
    expect([...index.groups()]).toEqual([['three']]);
  });
});
