import { vi } from 'vitest';
import type { HandClock } from './hand-clock.ts';

/** Lets time pass, step by step, until the expectation holds. */
export async function timePassesUntil(expectation: () => void, clock: HandClock, stepMs: number): Promise<void> {
  const step = async (): Promise<void> => {
    await clock.advance(stepMs);
    expectation();
  };
  await vi.waitFor(step, { timeout: 10_000, interval: 5 });
}
