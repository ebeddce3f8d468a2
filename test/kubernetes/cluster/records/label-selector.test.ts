import { describe, expect, it } from 'vitest';
import { selectorMatches } from '../../../../src/domain/label-selector.ts';
import { labelSelectorObject } from '../../../../src/kubernetes/cluster/records/label-selector.ts';

describe('labelSelectorObject', () => {
  it('reads labels and expressions, all of which must hold', () => {
    const selector = labelSelectorObject.parse({
      matchLabels: { app: 'llama' },
      matchExpressions: [
        { key: 'tier', operator: 'In', values: ['a'] },
        { key: 'zone', operator: 'NotIn', values: ['z'] },
        { key: 'model', operator: 'Exists' },
        { key: 'legacy', operator: 'DoesNotExist' },
      ],
    });
    const labels = { app: 'llama', tier: 'a', zone: 'y', model: 'm' };

    expect(selectorMatches(selector, labels)).toBe(true);
    expect(selectorMatches(selector, { ...labels, app: 'phi' })).toBe(false);
    expect(selectorMatches(selector, { ...labels, tier: 'b' })).toBe(false);
    expect(selectorMatches(selector, { ...labels, zone: 'z' })).toBe(false);
    expect(selectorMatches(selector, { app: 'llama', tier: 'a' })).toBe(false);
    expect(selectorMatches(selector, { ...labels, legacy: '' })).toBe(false);
  });
});
