import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStartup, writeStartup } from '../../../../src/kubernetes/cluster/startup/annotation.ts';
import { mergeSamples, startupOf } from '../../../../src/kubernetes/cluster/startup/samples.ts';
import type { StartupSample, StartupSamples } from '../../../../src/kubernetes/cluster/startup/samples.ts';

const none: StartupSamples = new Map();

/** Pods of one revision, created a minute apart, that took so many seconds. */
function took(revision: string, seconds: readonly number[], from = 1_000_000): StartupSamples {
  const samples = seconds.map((tookSeconds, index): StartupSample => ({ createdSeconds: from + index * 60, tookSeconds, pod: `p${index}` })); // prettier-ignore
  return mergeSamples(new Map([[revision, samples]]), none);
}

const sample = fc.record({
  createdSeconds: fc.integer({ min: 1, max: 40 }),
  tookSeconds: fc.integer({ min: 1, max: 3_600 }),
  pod: fc.constantFrom('a', 'b'),
});
const revision = fc.constantFrom('one', 'two', 'three', '-');
const samples = fc
  .array(fc.tuple(revision, fc.array(sample, { maxLength: 30 })), { maxLength: 4 })
  .map((entries) => mergeSamples(new Map(entries), none));

describe('startupOf', () => {
  it.each([
    ['nothing', none, undefined],
    ['one pod', took('a', [220]), { p90Ms: 220_000, pods: 1 }],
    ['ten pods, of which one was slow', took('a', [10, 11, 12, 13, 14, 15, 16, 17, 18, 900]), { p90Ms: 18_000, pods: 10 }], // prettier-ignore
    ['the last twenty only', took('a', [...Array<number>(9).fill(900), ...Array<number>(20).fill(60)]), { p90Ms: 60_000, pods: 20 }], // prettier-ignore
    ['the newest revision, once there is enough of it', mergeSamples(took('a', [600, 600]), took('b', [60, 60, 60, 60, 60], 2_000_000)), { p90Ms: 60_000, pods: 5 }], // prettier-ignore
    ['the slower of two revisions before that', mergeSamples(took('a', [600, 600]), took('b', [60], 2_000_000)), { p90Ms: 600_000, pods: 2 }], // prettier-ignore
    ['the newest revision where that is slower', mergeSamples(took('a', [60, 60]), took('b', [600], 2_000_000)), { p90Ms: 600_000, pods: 1 }], // prettier-ignore
  ])('learns from %s', (_case, learned, expected) => {
    expect(startupOf(learned)).toEqual(expected);
  });
});

describe('mergeSamples', () => {
  it('comes to the same whoever merges what first, and counts each pod once', () => {
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const merged = mergeSamples(one, other);
        const keys = [...merged].flatMap(([name, pods]) => pods.map((each) => `${name} ${each.createdSeconds} ${each.pod}`)); // prettier-ignore
        expect(new Set(keys).size).toBe(keys.length);
        expect(merged.size).toBeLessThanOrEqual(2);
        expect(mergeSamples(merged, one)).toEqual(merged);
      }),
    );
  });
});

describe('the annotation', () => {
  it('is short enough to be read again, and says the same', () => {
    fc.assert(
      fc.property(samples, (learned) => {
        const kept = new Map([...learned].filter(([, pods]) => pods.length > 0));
        expect(readStartup(writeStartup(kept))).toEqual(kept);
      }),
    );
    const longest = mergeSamples(took('a'.repeat(63), Array<number>(20).fill(3_600)), took('b'.repeat(63), Array<number>(20).fill(3_600))); // prettier-ignore
    expect(writeStartup(longest).length).toBeLessThan(2_048);
  });

  it('looks like this', () => {
    expect(writeStartup(took('6d4f5b7c9', [220], 1_764_165_600))).toBe('{"6d4f5b7c9":[[1764165600,220,"p0"]]}');
  });

  it.each([
    undefined,
    '',
    'null',
    '[]',
    '{"a":5}',
    '{"a":[[1,2]]}',
    '{"a":[["1",2,"p"]]}',
    '{"a":[[1764165600,-5,"p"]]}',
    '{"a":[[1764165600,1e9,"p"]]}',
    '{"a":[[1764165600,0,"p"]]}',
    `{"a":[[1764165600,5,"${'p'.repeat(99)}"]]}`,
    `{"${'a'.repeat(64)}":[]}`,
    `${' '.repeat(4_096)}{}`,
  ])('teaches nothing where it is %j', (text) => {
    expect(startupOf(readStartup(text))).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => void readStartup(text)));
  });
});
