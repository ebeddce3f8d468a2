import { describe, expect, it } from 'vitest';
import { QuietWatch } from '../../src/decision/quiet-watch.ts';

describe('QuietWatch', () => {
  it('tells since when it has been quiet', () => {
    const watch = new QuietWatch(1_000);
    expect(watch.note(false, 100)).toBeUndefined();
    expect(watch.note(true, 600)).toBe(600);
    expect(watch.note(true, 1_600)).toBe(600);
    expect(watch.note(false, 1_700)).toBeUndefined();
    expect(watch.note(true, 1_800)).toBe(1_800);
  });

  it('does not take for quiet a time in which nobody looked, nor one after the clock went back', () => {
    const watch = new QuietWatch(1_000);
    watch.note(true, 5_000);
    expect(watch.note(true, 6_001)).toBe(6_001);
    expect(watch.note(true, 4_000)).toBe(4_000);
  });
});
