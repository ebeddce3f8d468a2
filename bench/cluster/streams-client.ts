import type { ClientReadableStream } from '@grpc/grpc-js';
import type { ExternalScalerClient } from '../../src/generated/externalscaler/ExternalScaler.ts';
import type { IsActiveResponse__Output } from '../../src/generated/externalscaler/IsActiveResponse.ts';
import { connect } from '../external-scaler-client.ts';
import type { Ref } from '../external-scaler-client.ts';

interface Open {
  readonly stream: ClientReadableStream<IsActiveResponse__Output>;
  active: boolean | undefined;
}

/** Push streams as KEDA holds them: one for each ScaledObject, all on one connection. */
export class PushStreams {
  readonly #client: ExternalScalerClient;
  readonly #open = new Map<string, Open>();
  #broken = 0;

  constructor(port: number) {
    this.#client = connect(`127.0.0.1:${port}`);
  }

  /** Opens the stream of one ScaledObject, in place of the one that was open for it. */
  open(ref: Ref): void {
    this.drop(ref);
    const open: Open = { stream: this.#client.streamIsActive(ref), active: undefined };
    open.stream.on('data', ({ result }: IsActiveResponse__Output) => (open.active = result));
    open.stream.on('error', () => this.#lose(ref, open));
    open.stream.on('end', () => this.#lose(ref, open));
    this.#open.set(key(ref), open);
  }

  /** Cancels it, as KEDA does when the ScaledObject is edited or gone. */
  drop(ref: Ref): void {
    const open = this.#open.get(key(ref));
    this.#open.delete(key(ref));
    open?.stream.cancel();
  }

  /** Streams that have said this last. */
  saying(active: boolean): number {
    return [...this.#open.values()].filter((open) => open.active === active).length;
  }

  /** Streams that ended though nobody cancelled them. */
  get broken(): number {
    return this.#broken;
  }

  close(): void {
    for (const { stream } of this.#open.values()) stream.cancel();
    this.#open.clear();
    this.#client.close();
  }

  #lose(ref: Ref, open: Open): void {
    if (this.#open.get(key(ref)) !== open) return;
    this.#open.delete(key(ref));
    this.#broken += 1;
  }
}

function key({ namespace, name }: Ref): string {
  return `${namespace}/${name}`;
}
