import { describe, expect, it } from 'vitest';
import { fold } from '../../src/decision/fold.ts';
import type { Bid, RuleName } from '../../src/domain/decision.ts';

function bid(rule: RuleName, wish: Omit<Bid, 'rule' | 'why'>): Bid {
  return { rule, ...wish, why: `says ${rule}` };
}

const resting = bid('idle', { atMost: 0 });
const awake = bid('idle', { keepAlive: true });

describe('fold', () => {
  it.each<[string, readonly Bid[], Bid, { required: number; active: boolean; by: RuleName }]>([
    ['nothing but rest', [], resting, { required: 0, active: false, by: 'idle' }],
    ['nothing but a wish to stay', [], awake, { required: 0, active: true, by: 'idle' }],
    ['a bid over rest', [bid('load', { atLeast: 2.4 })], resting, { required: 2.4, active: true, by: 'load' }],
    [
      'the higher of two equals',
      [bid('load', { atLeast: 1.5 }), bid('floor', { atLeast: 2 })],
      awake,
      { required: 2, active: true, by: 'floor' },
    ],
    [
      'the first of two that ask for the same',
      [bid('load', { atLeast: 2 }), bid('floor', { atLeast: 2 })],
      awake,
      { required: 2, active: true, by: 'load' },
    ],
    [
      'a cap that cuts',
      [bid('ceiling', { atMost: 3 }), bid('load', { atLeast: 7 })],
      awake,
      { required: 3, active: true, by: 'ceiling' },
    ],
    [
      'a bid of before the cap, though the cap cuts a later one',
      [bid('override', { atLeast: 4 }), bid('closed', { atMost: 0 }), bid('load', { atLeast: 7 })],
      awake,
      { required: 4, active: true, by: 'override' },
    ],
    [
      'a cap that is not reached',
      [bid('ceiling', { atMost: 3 }), bid('load', { atLeast: 2 })],
      awake,
      { required: 2, active: true, by: 'load' },
    ],
    [
      'a cap that is reached and not passed',
      [bid('ceiling', { atMost: 3 }), bid('load', { atLeast: 3 })],
      awake,
      { required: 3, active: true, by: 'load' },
    ],
    [
      'a cap that cuts below what is kept',
      [bid('ceiling', { atMost: 3 }), bid('load', { atLeast: 2 }), bid('hold', { atLeast: 5 })],
      awake,
      { required: 3, active: true, by: 'ceiling' },
    ],
    [
      'a cap that cuts only what would not have counted',
      [bid('load', { atLeast: 5 }), bid('ceiling', { atMost: 3 }), bid('hold', { atLeast: 4 })],
      awake,
      { required: 5, active: true, by: 'load' },
    ],
    [
      'the lower of two caps',
      [bid('closed', { atMost: 4, keepAlive: true }), bid('ceiling', { atMost: 2 }), bid('load', { atLeast: 9 })],
      awake,
      { required: 2, active: true, by: 'ceiling' },
    ],
    [
      'the higher rule of two equal caps',
      [bid('closed', { atMost: 0 }), bid('ceiling', { atMost: 0 }), bid('load', { atLeast: 9 })],
      awake,
      { required: 0, active: false, by: 'closed' },
    ],
    [
      'closed with nothing to cut',
      [bid('closed', { atMost: 0 })],
      resting,
      { required: 0, active: false, by: 'closed' },
    ],
    [
      'a cap of zero over a wish to stay',
      [bid('closed', { atMost: 0 }), bid('load', { atLeast: 0 })],
      awake,
      { required: 0, active: false, by: 'closed' },
    ],
    [
      'replicas kept while requests drain',
      [bid('closed', { atMost: 2, keepAlive: true })],
      resting,
      { required: 0, active: true, by: 'closed' },
    ],
    [
      'a cap that says nothing against rest',
      [bid('ceiling', { atMost: 5 })],
      awake,
      { required: 0, active: true, by: 'idle' },
    ],
    ['a bid of zero', [bid('load', { atLeast: 0 })], resting, { required: 0, active: false, by: 'idle' }],
  ])('settles %s', (_, higher, lowest, { required, active, by }) => {
    const outcome = fold(higher, lowest);
    expect(outcome).toMatchObject({ required, active, settledBy: { rule: by } });
    expect([...higher, lowest]).toContain(outcome.settledBy);
  });

  it('binds the bids after a cap and not those before', () => {
    const [load, ceiling] = [bid('load', { atLeast: 7 }), bid('ceiling', { atMost: 3 })];
    expect(fold([ceiling, load], awake).required).toBe(3);
    expect(fold([load, ceiling], awake).required).toBe(7);
  });
});
