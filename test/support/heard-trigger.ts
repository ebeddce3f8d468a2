import { Trigger } from '../../src/scaler/grpc/trigger.ts';
import { WarmUp } from '../../src/scaler/grpc/warm-up.ts';
import { HandClock } from './hand-clock.ts';

interface HeardTrigger {
  readonly clock: HandClock;
  readonly trigger: Trigger;
  /** What was told of its streams. */
  readonly held: readonly boolean[];
}

/** A trigger as the thread that serves gRPC knows it, to which a test says what was decided. */
export function heardTrigger(warmUpMs = 1_000): HeardTrigger {
  const clock = new HandClock('2026-03-03T10:00:00Z');
  const held: boolean[] = [];
  const trigger = new Trigger({
    ref: { namespace: 'inference', name: 'llama' },
    clock,
    staleAfterMs: 45_000,
    warmUp: new WarmUp(clock, warmUpMs),
    onHeld: (isHeld) => held.push(isHeld),
  });
  return { clock, trigger, held };
}
