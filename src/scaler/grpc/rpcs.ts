import { performance } from 'node:perf_hooks';
import { status } from '@grpc/grpc-js';
import type { handleServerStreamingCall, handleUnaryCall, sendUnaryData, ServerWritableStream } from '@grpc/grpc-js';
import { refusalOf } from './refusal.ts';
import { RpcError } from './rpc-error.ts';
import type { Failure } from './rpc-error.ts';

type UnaryMethod = 'GetMetricSpec' | 'GetMetrics' | 'IsActive';

/** Told of what happens. */
export interface RpcObserver {
  /** A unary RPC was answered, or refused. */
  answered(method: UnaryMethod, status: 'OK' | Failure, durationSeconds: number): void;
  /** What nobody planned for was thrown. */
  defect(error: unknown): void;
}

type Done = (ended: 'OK' | Failure) => void;

/** How grpc-js is told of an end that is no answer. */
interface GrpcStatus {
  readonly code: status;
  readonly details: string;
}

/** Makes gRPC handlers of functions that answer or throw: whatever they throw becomes a status, and ends no more than the RPC. */
export class Rpcs {
  readonly #observer: RpcObserver;

  constructor(observer: RpcObserver) {
    this.#observer = observer;
  }

  unary<Request, Answer>(
    method: UnaryMethod,
    answer: (request: Request) => Answer | Promise<Answer>,
  ): handleUnaryCall<Request, Answer> {
    return (call, callback) => {
      const startMs = performance.now();
      const done: Done = (ended) => this.#observer.answered(method, ended, (performance.now() - startMs) / 1_000); // prettier-ignore
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
    open: (call: ServerWritableStream<Request, Answer>) => void | Promise<void>,
  ): handleServerStreamingCall<Request, Answer> {
    return (call) => {
      const fail = (error: unknown): void => void call.emit('error', this.#refuse(error).status);
      try {
        const opened = open(call);
        if (opened instanceof Promise) opened.catch(fail);
      } catch (error) {
        fail(error);
      }
    };
  }

  #whenSettled<Answer>(result: Promise<Answer>, callback: sendUnaryData<Answer>, done: Done): void {
    result.then(
      (value) => succeed(callback, done, value),
      (error: unknown) => this.#fail(callback, done, error),
    );
  }

  #fail(callback: sendUnaryData<never>, done: Done, error: unknown): void {
    const { failure, status: ending } = this.#refuse(error);
    callback(ending);
    done(failure);
  }

  #refuse(error: unknown): { readonly failure: Failure; readonly status: GrpcStatus } {
    const { failure, details } = refusalOf(error);
    // Of a defect where it is decided, that thread has told already.
    if (failure === 'INTERNAL' && !(error instanceof RpcError)) this.#observer.defect(error);
    return { failure, status: { code: status[failure], details } };
  }
}

function succeed<Answer>(callback: sendUnaryData<Answer>, done: Done, value: Answer): void {
  callback(null, value);
  done('OK');
}
