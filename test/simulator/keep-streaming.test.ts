import { status } from '@grpc/grpc-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { afterIsActive, afterMetricSpec, keepStreaming } from '../../src/simulator/keep-streaming.ts';
import { HandClock } from '../support/hand-clock.ts';

/** How a stream goes: what it says, and the status it ends with. */
interface Stream {
  readonly says?: readonly string[];
  readonly endsWith: keyof typeof status;
}

interface Kept {
  readonly clock: HandClock;
  readonly stop: AbortController;
  /** Seconds at which a stream was opened. */
  readonly openedAt: number[];
  readonly heard: string[];
  readonly over: Promise<void>;
}

const failing: Stream = { endsWith: 'UNAVAILABLE' };
const clean: Stream = { endsWith: 'OK' };

/** Keeps streams open that go as they are told, one after the other; the last goes on and on. */
function keep(afterEnd: typeof afterIsActive | typeof afterMetricSpec, ...streams: readonly Stream[]): Kept {
  const clock = new HandClock();
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const openedAt: number[] = [];
  const heard: string[] = [];
  async function* open(): AsyncGenerator<string> {
    const { says = [], endsWith } = streams[Math.min(openedAt.length, streams.length - 1)] ?? clean;
    openedAt.push(clock.nowMs() / 1_000);
    yield* says;
    if (endsWith !== 'OK') throw Object.assign(new Error(endsWith), { code: status[endsWith] });
  }
  const stream = { open, onMessage: (message: string) => void heard.push(message), afterEnd };
  return { clock, stop, openedAt, heard, over: keepStreaming(stream, clock, stop.signal) };
}

describe('StreamIsActive', () => {
  it('is opened again after 2 s, then after twice as long each time, up to a minute', async () => {
    const { clock, openedAt } = keep(afterIsActive, failing);
    await clock.advance(200_000);
    expect(openedAt).toEqual([0, 2, 6, 14, 30, 62, 122, 182]);
  });

  it('is opened again every 2 s where it ends cleanly', async () => {
    const { clock, openedAt } = keep(afterIsActive, clean);
    await clock.advance(8_000);
    expect(openedAt).toEqual([0, 2, 4, 6, 8]);
  });

  it('backs off further after an error, however much it said before', async () => {
    const { clock, openedAt, heard } = keep(afterIsActive, { says: ['a', 'b'], endsWith: 'UNAVAILABLE' });
    await clock.advance(14_000);
    expect(openedAt).toEqual([0, 2, 6, 14]);
    expect(heard).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
  });

  it('starts over only after a clean end', async () => {
    const { clock, openedAt } = keep(afterIsActive, failing, failing, clean, failing);
    await clock.advance(18_000);
    expect(openedAt).toEqual([0, 2, 6, 8, 12]);
  });

  it('is asked for ever where the scaler answers UNIMPLEMENTED', async () => {
    const { clock, openedAt } = keep(afterIsActive, { endsWith: 'UNIMPLEMENTED' });
    await clock.advance(6_000);
    expect(openedAt).toEqual([0, 2, 6]);
  });
});

describe('StreamMetricSpec', () => {
  it('starts over after an error if it said anything', async () => {
    const { clock, openedAt } = keep(afterMetricSpec, failing, failing, { says: ['spec'], endsWith: 'UNAVAILABLE' });
    await clock.advance(10_000);
    expect(openedAt).toEqual([0, 2, 6, 8, 10]);
  });

  it('backs off after an error if it said nothing', async () => {
    const { clock, openedAt } = keep(afterMetricSpec, failing);
    await clock.advance(14_000);
    expect(openedAt).toEqual([0, 2, 6, 14]);
  });

  it('is not asked again where the scaler answers UNIMPLEMENTED', async () => {
    const { clock, openedAt, over } = keep(afterMetricSpec, { endsWith: 'UNIMPLEMENTED' });
    await over;
    await clock.advance(60_000);
    expect(openedAt).toEqual([0]);
    expect(clock.pending).toBe(0);
  });
});

describe('keepStreaming', () => {
  it('ends when it is told to, with no timer left', async () => {
    const { clock, stop, openedAt, over } = keep(afterIsActive, failing);
    await clock.advance(3_000);
    stop.abort();
    await over;
    await clock.advance(60_000);
    expect(openedAt).toEqual([0, 2]);
    expect(clock.pending).toBe(0);
  });
});
