import { expect, it } from 'vitest';
import type { Durations } from '../../../src/scaler/answers/message.ts';
import { RpcTally } from '../../../src/scaler/grpc/rpc-tally.ts';
import { HandClock } from '../../support/hand-clock.ts';

it('hands on once a second how long calls took, those that ended alike together, and nothing where there were none', async () => {
  const clock = new HandClock();
  const handed: (readonly Durations[])[] = [];
  const tally = new RpcTally(clock, (calls) => handed.push(calls));
  tally.note('IsActive', 'OK', 0.1);
  tally.note('IsActive', 'OK', 0.2);
  tally.note('IsActive', 'UNAVAILABLE', 0.3);
  await clock.advance(999);
  expect(handed).toEqual([]);
  await clock.advance(1);
  expect(handed).toEqual([
    [
      { method: 'IsActive', status: 'OK', seconds: [0.1, 0.2] },
      { method: 'IsActive', status: 'UNAVAILABLE', seconds: [0.3] },
    ],
  ]);
  await clock.advance(10_000);
  expect(handed).toHaveLength(1);

  tally.note('GetMetrics', 'OK', 0.4);
  tally.flush();
  await clock.advance(10_000);
  expect(handed.slice(1)).toEqual([[{ method: 'GetMetrics', status: 'OK', seconds: [0.4] }]]);
});
