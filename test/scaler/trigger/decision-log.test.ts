import { describe, expect, it } from 'vitest';
import type { Decision, Verdict } from '../../../src/domain/decision.ts';
import { logDecision } from '../../../src/scaler/trigger/decision-log.ts';
import { recordingLogger } from '../../support/recording-logger.ts';

const ref = { namespace: 'inference', name: 'llama' };
const decided: Decision = {
  state: 'decided',
  emitted: 2.4,
  required: 2.4,
  active: true,
  rule: 'load',
  why: 'queue 12 over target 5 per replica needs 2.4',
  bids: [],
  decidedAtMs: 0,
};
const undecided: Verdict = { state: 'undecided', reason: 'gone for 3s', decidedAtMs: 0 };

describe('logDecision', () => {
  it.each<[string, Verdict, Verdict | undefined, string[]]>([
    ['the first decision', decided, undefined, ['info decision changed']],
    ['another whole number of replicas', { ...decided, required: 3.1 }, decided, ['info decision changed']],
    ['another rule', { ...decided, rule: 'floor' }, decided, ['info decision changed']],
    ['an end of activity', { ...decided, active: false }, decided, ['info decision changed']],
    ['the loss of a decision', undecided, decided, ['warn no decision']],
    ['its return', decided, undecided, ['info decision changed']],
    ['not another share of a replica', { ...decided, required: 2.9, why: 'queue 14' }, decided, []],
    ['not another reason for no decision', { ...undecided, reason: 'gone for 4s' }, undecided, []],
  ])('logs %s', (_, after, before, expected) => {
    const { logger, lines } = recordingLogger();
    logDecision(logger, ref, after, before);
    expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual(expected);
  });

  it('says of which ScaledObject, how many, and why', () => {
    const { logger, lines } = recordingLogger();
    logDecision(logger, ref, decided, undefined);
    expect(lines).toMatchObject([
      { scaledobject: 'inference/llama', required: 3, active: true, rule: 'load', why: decided.why },
    ]);
  });
});
