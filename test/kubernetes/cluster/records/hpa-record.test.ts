import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHpa } from '../../../../src/kubernetes/cluster/records/hpa-record.ts';
import { parseQuantity } from '../../../../src/kubernetes/cluster/records/quantity.ts';
import { kubeHpa } from '../../../support/kube-objects.ts';

describe('readHpa', () => {
  it('reads bounds and current replicas', () => {
    expect(readHpa(kubeHpa('llama'))).toEqual({ minReplicas: 1, maxReplicas: 8, currentReplicas: 1 });
  });

  it('takes one for the least replicas where none is named, as the API does', () => {
    expect(readHpa({ spec: { maxReplicas: 3 } })).toEqual({ minReplicas: 1, maxReplicas: 3 });
  });

  it.each([
    ['0', 0],
    ['50m', 0.05],
    [0.2, 0.2],
    ['a tenth', undefined],
    ['-1', undefined],
    [undefined, undefined],
  ])('reads a tolerance of %j', (tolerance, expected) => {
    const hpa = readHpa(
      kubeHpa('llama', { spec: { behavior: { scaleUp: { tolerance }, scaleDown: { policies: [] } } } }),
    );

    expect(hpa?.scaleUpTolerance).toBe(expected);
    expect(hpa).toMatchObject({ maxReplicas: 8 });
    expect(hpa).not.toHaveProperty('scaleDownTolerance');
  });

  it('reads nothing from what is no HPA', () => {
    fc.assert(
      fc.property(fc.anything(), (object) => {
        expect(readHpa(object)).toBeUndefined();
      }),
    );
  });
});

describe('parseQuantity', () => {
  it.each([
    ['1', 1],
    ['.5', 0.5],
    ['100m', 0.1],
    ['+2k', 2_000],
    ['5e-2', 0.05],
    ['1E1', 10],
    ['', undefined],
    ['m', undefined],
    ['1Zi', undefined],
    ['1 m', undefined],
    ['NaN', undefined],
  ])('reads %j', (text, expected) => {
    const read = parseQuantity(text);
    if (expected === undefined) expect(read).toBeUndefined();
    else expect(read).toBeCloseTo(expected, 12);
  });
});
