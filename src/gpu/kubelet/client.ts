import { errorText } from '../../domain/error-text.ts';
import type { Allocation } from '../../domain/gpu.ts';
import { readAllocations } from './allocations.ts';
import { GrpcChannel } from './grpc-channel.ts';
import { grpcCodes, GrpcFailure } from './grpc-failure.ts';
import { readPodResources } from './pod-resources.ts';

const list = {
  path: '/v1.PodResourcesLister/List',
  /** gRPC allows 4 MiB, which nodes with many devices have been seen to pass; the kubelet's own clients allow this. */
  longestMessage: 16 * 1_048_576,
  /** An answer that took longer would be too old to count. In real time, whatever clock the program runs on: it is another process'. */
  patienceMs: 5_000,
};
/** The request has no fields. */
const request = Buffer.alloc(0);

/** Asks the kubelet, over one channel that is kept while it works and opened anew after it failed. */
export class PodResourcesClient {
  readonly #socketPath: string;
  #channel: GrpcChannel | undefined;
  #last: { readonly message: Buffer; readonly allocations: readonly Allocation[] } | undefined;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /**
   * What every container of the node holds; the very same list for as long as the kubelet says the same. Rejects with an Error
   * that says in words what is wrong with the kubelet's answer.
   */
  async list(): Promise<readonly Allocation[]> {
    if (!this.#channel?.isOpen) this.#channel = new GrpcChannel(this.#socketPath);
    try {
      const message = await this.#channel.call(request, list);
      if (!this.#last?.message.equals(message)) {
        this.#last = { message, allocations: readAllocations(readPodResources(message)) };
      }
      return this.#last.allocations;
    } catch (error) {
      if (!isRateLimit(error)) this.close();
      throw new Error(explain(error, this.#socketPath), { cause: error });
    }
  }

  /** Ends the channel and the question under way, if any; the next question opens another. */
  close(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }
}

/** The kubelet limits the calls of all clients together and says so with the code that also means "message too large". */
function isRateLimit(error: unknown): boolean {
  return error instanceof GrpcFailure && error.code === grpcCodes.resourceExhausted && error.message.includes('rate limit'); // prettier-ignore
}

function explain(error: unknown, socketPath: string): string {
  const socket = `the kubelet at "${socketPath.slice(0, 80)}"`;
  const details = errorText(error);
  if (isRateLimit(error)) return `${socket} limits the rate of its callers: others on this node ask too often`;
  switch (error instanceof GrpcFailure ? error.code : grpcCodes.unknown) {
    case grpcCodes.resourceExhausted:
      return `the answer of ${socket} is too large: ${details}`;
    case grpcCodes.cancelled:
      return `${socket} did not answer within ${list.patienceMs / 1_000} s`;
    case grpcCodes.unimplemented:
      return `${socket} does not serve PodResources v1 (Kubernetes 1.20 or later does)`;
    case grpcCodes.unavailable:
      return `${socket} can't be reached: ${details}`;
    default:
      return `${socket} answered with an error: ${details}`;
  }
}
