import { expect, it } from 'vitest';
import { EventEmitter } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { OpenStreams } from '../../../src/scaler/grpc/open-streams.ts';
import { HandClock } from '../../support/hand-clock.ts';

/** A stream that a client has opened, and that it may cancel. */
class Call extends EventEmitter {
  ended = 0;

  end(): void {
    this.ended += 1;
  }
}

function hold(streams: OpenStreams): { call: Call; released: () => number } {
  const call = new Call();
  let releases = 0;
  streams.hold(call as unknown as ServerWritableStream<unknown, unknown>, () => (releases += 1));
  return { call, released: () => releases };
}

it('admits as many streams as it may, refuses the next with RESOURCE_EXHAUSTED, and has room again when one ends', () => {
  const streams = new OpenStreams(new HandClock(), 600_000, 2);
  const first = hold(streams);
  hold(streams);

  expect(() => streams.checkRoom()).toThrow(
    expect.objectContaining({
      failure: 'RESOURCE_EXHAUSTED',
      message: '2 streams are open already; no more are admitted',
    }),
  );
  first.call.emit('cancelled');
  first.call.emit('close');

  expect(first.released()).toBe(1);
  expect(() => streams.checkRoom()).not.toThrow();
});
