import { describe, expect, it } from 'vitest';
import { Kept } from '../../../src/gpu/nvml/kept.ts';

describe('what is kept of a GPU', () => {
  it('is asked until all of it is told, and once then', () => {
    const kept = new Kept<string>((told) => told !== '');
    const answers = ['', 'H100', 'H200'];
    const ask = (): string => answers.shift() ?? 'asked too often';
    expect([1, 2, 3, 4].map(() => kept.of('GPU-1', ask))).toEqual(['', 'H100', 'H100', 'H100']);
    expect(kept.of('GPU-2', ask)).toBe('H200');
  });

  it('is forgotten with the GPU', () => {
    const kept = new Kept<string>(() => true);
    kept.of('GPU-1', () => 'before');
    kept.forgetUnread();
    expect(kept.of('GPU-1', () => 'after')).toBe('before');
    kept.forgetUnread();
    kept.forgetUnread();
    expect(kept.of('GPU-1', () => 'after')).toBe('after');
  });
});
