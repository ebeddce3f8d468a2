import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acceleratedClock, parseClock, systemClock } from '../../src/program/system-clock.ts';

const now = Date.UTC(2026, 10, 23, 12);

beforeEach(() => void vi.useFakeTimers({ now }));
afterEach(() => void vi.useRealTimers());

describe('systemClock', () => {
  it('tells the time of the world, and calls once when the delay is over', () => {
    const call = vi.fn();
    systemClock.after(1_000, call);
    vi.advanceTimersByTime(999);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5_000);
    expect(call).toHaveBeenCalledTimes(1);
    expect(systemClock.nowMs()).toBe(now + 5_999);
  });

  it.each([0, -5])('calls as soon as possible after %i ms, and not at once', (delayMs) => {
    const call = vi.fn();
    systemClock.after(delayMs, call);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('waits longer than setTimeout can', () => {
    const call = vi.fn();
    const days60 = 60 * 86_400_000;
    systemClock.after(days60, call);
    vi.advanceTimersByTime(days60 - 1);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('takes a call back, early, between the parts of a long wait, or too late', () => {
    const call = vi.fn();
    const cancelShort = systemClock.after(10, call);
    cancelShort();
    cancelShort();
    const cancelLong = systemClock.after(60 * 86_400_000, call);
    vi.advanceTimersByTime(30 * 86_400_000);
    cancelLong();
    vi.advanceTimersByTime(60 * 86_400_000);
    expect(call).not.toHaveBeenCalled();
    const cancelLate = systemClock.after(1, call);
    vi.advanceTimersByTime(1);
    cancelLate();
    expect(call).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('acceleratedClock', () => {
  const startMs = Date.UTC(2026, 0, 1);
  const clock = (): ReturnType<typeof acceleratedClock> => acceleratedClock({ startMs, epochMs: now, speed: 60 });

  it('runs faster than the world, and waits accordingly', () => {
    const call = vi.fn();
    clock().after(60_000, call);
    vi.advanceTimersByTime(999);
    expect(call).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(1);
    expect(clock().nowMs()).toBe(startMs + 60_000);
  });

  it('agrees with another that was given the same numbers', () => {
    vi.advanceTimersByTime(12_345);
    expect(clock().nowMs()).toBe(clock().nowMs());
  });
});

describe('parseClock', () => {
  it('is the clock of the world for an empty text', () => {
    expect(parseClock('')).toBe(systemClock);
  });

  it('reads start, epoch and speed', () => {
    vi.advanceTimersByTime(1_000);
    expect(parseClock(`5000,${now},10`)?.nowMs()).toBe(15_000);
  });

  it.each(['soon', '1,2', '1,2,3,4', '1,2,0', '1,2,-1', '1,2,x', '1,2,', '1,2,Infinity', ',,60', '1,,60'])(
    'refuses %j',
    (text) => {
      expect(parseClock(text)).toBeUndefined();
    },
  );

  it('never throws, and never makes a clock that tells no time', () => {
    fc.assert(fc.property(fc.string(), (text) => Number.isFinite(parseClock(text)?.nowMs() ?? 0)));
  });
});
