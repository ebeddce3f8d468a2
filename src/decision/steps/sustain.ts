import type { EpochMs } from '../../domain/clock.ts';
import type { Step, StepWindow } from '../../domain/step.ts';

/** Time over which values are averaged before they are compared, so that one odd reading breaks nothing. */
interface Slot {
  readonly startMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly sum: number;
  readonly count: number;
}

/** What is kept of a signal's past for one step, however long its window is. */
export interface Sustain {
  readonly slot: Slot;
  /** The slots before it in which the comparison held, as one; absent where it did not in the last one. */
  readonly held?: StepWindow;
}

/** A window is judged by eight slots, and by more where those would be longer than this. */
const slotsPerWindow = 8;
const longestSlotMs = 30_000;

/** How long one slot of a step's window is. */
export function slotMs({ forMs }: Pick<Step, 'forMs'>): number {
  return Math.min(forMs / slotsPerWindow, longestSlotMs);
}

/** Takes in the value of one moment. A slot ends with the first value after its time is up. */
export function sustain(step: Step, before: Sustain | undefined, value: number, nowMs: EpochMs): Sustain {
  const fresh: Slot = { startMs: nowMs, lastMs: nowMs, sum: value, count: 1 };
  if (!before) return { slot: fresh };
  const { slot } = before;
  if (nowMs - slot.startMs < slotMs(step)) {
    return { ...before, slot: { ...slot, lastMs: nowMs, sum: slot.sum + value, count: slot.count + 1 } };
  }
  const mean = slot.sum / slot.count;
  return holds(step, mean) ? { slot: fresh, held: extend(before.held, slot.startMs, nowMs, mean) } : { slot: fresh };
}

function extend(held: StepWindow | undefined, startMs: EpochMs, endMs: EpochMs, mean: number): StepWindow {
  if (!held) return { heldSinceMs: startMs, heldUntilMs: endMs, mean };
  const [heldMs, slotLengthMs] = [held.heldUntilMs - held.heldSinceMs, endMs - startMs];
  const total = held.mean * heldMs + mean * slotLengthMs;
  return { heldSinceMs: held.heldSinceMs, heldUntilMs: endMs, mean: total / (heldMs + slotLengthMs) };
}

function holds({ comparison, threshold }: Step, value: number): boolean {
  switch (comparison) {
    case '>':
      return value > threshold;
    case '>=':
      return value >= threshold;
    case '<':
      return value < threshold;
    case '<=':
      return value <= threshold;
  }
}
