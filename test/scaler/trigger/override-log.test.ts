import { beforeEach, describe, expect, it } from 'vitest';
import type { OverrideReading } from '../../../src/domain/override.ts';
import { logOverride } from '../../../src/scaler/trigger/override-log.ts';
import type { Snapshot } from '../../../src/scaler/trigger/snapshot.ts';
import { workload } from '../../support/builders.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const ref = { namespace: 'inference', name: 'llama' };
const set: OverrideReading = { state: 'set', override: { min: 4, untilMs: 1_000, reason: 'load test' } };
const broken: OverrideReading = { state: 'invalid', text: 'min=x', problem: 'no number' };

function at(decidedAtMs: number, override?: OverrideReading): Snapshot {
  return {
    verdict: { state: 'undecided', reason: '', decidedAtMs },
    workload: { state: 'known', workload: workload(override && { override }), observedAtMs: 0 },
    readings: new Map(),
  };
}

describe('logOverride', () => {
  const { logger, lines } = recordingLogger();
  beforeEach(() => {
    lines.length = 0;
  });

  it.each([
    ['one that is new', at(0, set), at(0), { msg: 'override in force', min: 4, reason: 'load test', until: '1970-01-01T00:00:01.000Z' }], // prettier-ignore
    ['one that was there at the start', at(0, set), undefined, { msg: 'override in force' }],
    ['one that can not be understood', at(0, broken), at(0), { level: 'warn', msg: 'override ignored', text: 'min=x', problem: 'no number' }], // prettier-ignore
    ['one that has expired', at(1_000, set), at(999, set), { msg: 'override expired' }],
    ['one that was taken away', at(500, undefined), at(499, set), { msg: 'override removed' }],
  ])('tells of %s', (_case, after, before, line) => {
    logOverride(logger, ref, after, before);
    expect(lines).toEqual([expect.objectContaining({ scaledobject: 'inference/llama', ...line })]);
  });

  it.each([
    ['that stands as it was', at(500, set), at(499, set)],
    ['that is still broken', at(500, broken), at(499, broken)],
    [
      'of a workload that is unknown',
      { ...at(1, set), workload: { state: 'unknown', reason: 'gone' } } as const,
      at(0),
    ],
    ['where there is none', at(1), undefined],
  ])('says nothing of one %s', (_case, after, before) => {
    logOverride(logger, ref, after, before);
    expect(lines).toEqual([]);
  });
});
