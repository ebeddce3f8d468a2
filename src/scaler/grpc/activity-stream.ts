import type { Cancel, Clock, EpochMs } from '../../domain/clock.ts';
import type { Trigger } from './trigger.ts';

/** KEDA drops a `true` that comes before it has reconciled the ScaledObject, so it is said again after this. */
const repeatMs = 10_000;

/**
 * Tells one client whether a trigger is active: the current state at once, every change at once, and `true` again every
 * 10 s while the workload is still at zero replicas. Once the workload is awake, repeating would only load the API server.
 * While there is no decision nothing is sent: KEDA 2.17 and older scale in at a `false`.
 * @returns ends it
 */
export function streamActivity(trigger: Trigger, clock: Clock, send: (active: boolean) => void): () => void {
  let sent: { readonly active: boolean; readonly atMs: EpochMs } | undefined;
  let cancelRepeat: Cancel | undefined;

  function say(active: boolean): void {
    sent = { active, atMs: clock.nowMs() };
    send(active);
  }

  function repeat(): void {
    cancelRepeat = undefined;
    if (isWaking(trigger)) say(true);
    look();
  }

  function look(): void {
    const answer = trigger.answer();
    if (answer?.state !== 'decided') return;
    if (answer.active !== sent?.active) {
      cancelRepeat?.();
      cancelRepeat = undefined;
      say(answer.active);
    }
    if (sent && isWaking(trigger)) cancelRepeat ??= clock.after(sent.atMs + repeatMs - clock.nowMs(), repeat);
  }

  const unsubscribe = trigger.subscribe(look);
  look();
  return () => {
    unsubscribe();
    cancelRepeat?.();
  };
}

/** Active, and still at zero replicas. */
function isWaking(trigger: Trigger): boolean {
  const answer = trigger.answer();
  return answer?.state === 'decided' && answer.active && answer.isAtZero;
}
