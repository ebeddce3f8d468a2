import { credentials, status } from '@grpc/grpc-js';
import type { ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import type { Allocation } from '../../domain/gpu.ts';
import type { ListPodResourcesResponse__Output } from '../../generated/v1/ListPodResourcesResponse.ts';
import type { PodResourcesListerClient } from '../../generated/v1/PodResourcesLister.ts';
import { readAllocations } from './allocations.ts';
import { loadPodResources } from './proto.ts';

/** gRPC allows 4 MiB, which nodes with many devices have been seen to pass; the kubelet's own clients allow this. */
const longestMessage = 16 * 1_048_576;
/** An answer that took longer would be too old to count. */
const patienceMs = 5_000;

/** Asks the kubelet, over one channel that is kept while it works and opened anew after it failed. */
export class PodResourcesClient {
  readonly #socketPath: string;
  readonly #service = loadPodResources();
  #channel: PodResourcesListerClient | undefined;
  #call: ClientUnaryCall | undefined;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** What every container of the node holds. Rejects with an Error that says in words what is wrong with the kubelet's answer. */
  async list(): Promise<Allocation[]> {
    this.#channel ??= this.#dial();
    try {
      return readAllocations(await this.#ask(this.#channel));
    } catch (error) {
      if (!isRateLimit(error)) this.close();
      throw new Error(explain(error, this.#socketPath), { cause: error });
    }
  }

  /** Ends the channel and the question under way, if any; the next question opens another. */
  close(): void {
    this.#call?.cancel();
    this.#channel?.close();
    this.#channel = undefined;
  }

  #dial(): PodResourcesListerClient {
    return new this.#service(`unix:${this.#socketPath}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': longestMessage,
      'grpc.enable_http_proxy': 0,
      'grpc.enable_retries': 0,
    });
  }

  /** The limit is one of real time, whatever clock the program runs on: it is about another process. */
  #ask(channel: PodResourcesListerClient): Promise<ListPodResourcesResponse__Output> {
    return new Promise((resolve, reject) => {
      const call = channel.list({}, (error, response) => {
        clearTimeout(limit);
        if (error) reject(error);
        else if (response) resolve(response);
        else reject(new Error('an empty answer'));
      });
      const limit = setTimeout(() => call.cancel(), patienceMs);
      this.#call = call;
    });
  }
}

/** The kubelet limits the calls of all clients together and says so with the code that also means "message too large". */
function isRateLimit(error: unknown): boolean {
  const { code, details } = error as Partial<ServiceError>;
  return code === status.RESOURCE_EXHAUSTED && (details ?? '').includes('rate limit');
}

function explain(error: unknown, socketPath: string): string {
  const { code, details, message } = error as Partial<ServiceError>;
  const socket = `the kubelet at "${socketPath.slice(0, 80)}"`;
  if (isRateLimit(error)) return `${socket} limits the rate of its callers: others on this node ask too often`;
  if (code === status.RESOURCE_EXHAUSTED) return `the answer of ${socket} is too large: ${details ?? ''}`;
  if (code === status.CANCELLED) return `${socket} did not answer within ${patienceMs / 1_000} s`;
  if (code === status.UNIMPLEMENTED) return `${socket} does not serve PodResources v1 (Kubernetes 1.20 or later does)`;
  if (code === status.UNAVAILABLE) return `${socket} can't be reached: ${details ?? ''}`;
  return `${socket} answered with an error: ${details ?? message ?? 'unknown'}`;
}
