import { status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import type { Clock } from '../domain/clock.ts';
import { pause } from '../domain/clock.ts';

const firstRetryMs = 2_000;
const longestRetryMs = 60_000;

interface StreamEnd {
  readonly messages: number;
  /** Absent after a clean end. */
  readonly error?: ServiceError;
}

interface KeptStream<Message> {
  readonly open: () => AsyncIterable<Message>;
  readonly onMessage: (message: Message) => Promise<void> | void;
  readonly afterEnd: (end: StreamEnd) => 'start over' | 'back off' | 'give up';
}

/**
 * Keeps one of KEDA's streams open: opens it again after 2 s, then after twice as long each time up to a minute. Resolves
 * when the stream gives up or `signal` is aborted.
 */
export async function keepStreaming<Message>(
  stream: KeptStream<Message>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    const next = stream.afterEnd(await readToEnd(stream));
    if (next === 'give up') return;
    if (next === 'start over') retryMs = firstRetryMs;
    await pause(clock, retryMs, signal);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  }
}

/** StreamIsActive: only a clean end resets the backoff, however long the stream was healthy before an error. */
export function afterIsActive({ error }: StreamEnd): 'start over' | 'back off' {
  return error ? 'back off' : 'start over';
}

/** StreamMetricSpec: one message is enough to reset it, and a scaler that does not implement it is not asked again. */
export function afterMetricSpec({ error, messages }: StreamEnd): 'start over' | 'back off' | 'give up' {
  if (error?.code === status.UNIMPLEMENTED) return 'give up';
  return !error || messages > 0 ? 'start over' : 'back off';
}

async function readToEnd<Message>({ open, onMessage }: KeptStream<Message>): Promise<StreamEnd> {
  let messages = 0;
  try {
    for await (const message of open()) {
      messages += 1;
      await onMessage(message);
    }
    return { messages };
  } catch (error) {
    return { messages, error: error as ServiceError };
  }
}
