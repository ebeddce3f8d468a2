import { performance } from 'node:perf_hooks';
import { status } from '@grpc/grpc-js';
import type { handleServerStreamingCall, handleUnaryCall, sendUnaryData, ServerWritableStream } from '@grpc/grpc-js';
import type { Logger } from '../../telemetry/logger.ts';
import { grpcStatus } from './grpc-status.ts';
import type { GrpcStatus } from './grpc-status.ts';

export const unaryMethods = ['GetMetricSpec', 'GetMetrics', 'IsActive'] as const;
type UnaryMethod = (typeof unaryMethods)[number];

/** Told of each unary RPC when it is answered. */
export type RpcObserver = (method: UnaryMethod, code: status, durationSeconds: number) => void;

/** Makes gRPC handlers of functions that answer or throw: whatever they throw becomes a status, and ends no more than the RPC. */
export class Rpcs {
  readonly #observe: RpcObserver;
  readonly #logger: Logger;

  constructor(observe: RpcObserver, logger: Logger) {
    this.#observe = observe;
    this.#logger = logger;
  }

  unary<Request, Answer>(
    method: UnaryMethod,
    answer: (request: Request) => Answer | Promise<Answer>,
  ): handleUnaryCall<Request, Answer> {
    return (call, callback) => {
      const startMs = performance.now();
      const done = (code: status): void => this.#observe(method, code, (performance.now() - startMs) / 1_000);
      try {
        const result = answer(call.request);
        if (result instanceof Promise) this.#whenSettled(result, callback, done);
        else succeed(callback, done, result);
      } catch (error) {
        this.#fail(callback, done, error);
      }
    };
  }

  stream<Request, Answer>(
    open: (call: ServerWritableStream<Request, Answer>) => void,
  ): handleServerStreamingCall<Request, Answer> {
    return (call) => {
      try {
        open(call);
      } catch (error) {
        call.emit('error', this.#status(error));
      }
    };
  }

  #whenSettled<Answer>(result: Promise<Answer>, callback: sendUnaryData<Answer>, done: (code: status) => void): void {
    result.then(
      (value) => succeed(callback, done, value),
      (error: unknown) => this.#fail(callback, done, error),
    );
  }

  #fail(callback: sendUnaryData<never>, done: (code: status) => void, error: unknown): void {
    const ending = this.#status(error);
    callback(ending);
    done(ending.code);
  }

  #status(error: unknown): GrpcStatus {
    const ending = grpcStatus(error);
    if (ending.code === status.INTERNAL) this.#logger.error({ err: error }, 'rpc failed');
    return ending;
  }
}

function succeed<Answer>(callback: sendUnaryData<Answer>, done: (code: status) => void, value: Answer): void {
  callback(null, value);
  done(status.OK);
}
