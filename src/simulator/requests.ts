import type { EpochMs } from '../domain/clock.ts';

/** A pod that serves requests, as the request model sees it. */
export interface Server {
  /** When each request that it is serving will be done. */
  readonly finishesMs: EpochMs[];
  /** Takes new requests. */
  readonly accepting: boolean;
}

interface RequestModelSettings {
  /** Requests that one pod serves at once. */
  readonly slotsPerPod: number;
  /** How long one request takes. */
  readonly serviceMs: number;
}

/** A request that a pod has begun to serve. */
interface BegunRequest {
  readonly waitedMs: number;
  readonly endsMs: EpochMs;
}

/** For how long it is remembered how long requests took. */
const rememberedMs = 60_000;

/** Requests that wait at a gateway until a pod has a free slot, first come first served. No request is ever dropped. */
export class RequestModel {
  readonly #settings: RequestModelSettings;
  readonly #waitingSinceMs: EpochMs[] = [];
  #begun: BegunRequest[] = [];
  #arrivalsOwed = 0;
  arrived = 0;
  served = 0;
  longestWaitMs = 0;

  constructor(settings: RequestModelSettings) {
    this.#settings = settings;
  }

  get waiting(): number {
    return this.#waitingSinceMs.length;
  }

  /** The requests that have ended within the last minute, with how long each waited. */
  endedLately(nowMs: EpochMs): readonly BegunRequest[] {
    this.#begun = this.#begun.filter(({ endsMs }) => endsMs > nowMs - rememberedMs);
    return this.#begun.filter(({ endsMs }) => endsMs <= nowMs);
  }

  /** Lets `perMinute` requests a minute arrive over the `elapsedMs` before `nowMs`, and moves all others on. */
  advance(nowMs: EpochMs, elapsedMs: number, perMinute: number, servers: readonly Server[]): void {
    this.#arrivalsOwed += (perMinute * elapsedMs) / 60_000;
    for (; this.#arrivalsOwed >= 1; this.#arrivalsOwed -= 1) {
      this.#waitingSinceMs.push(nowMs);
      this.arrived += 1;
    }
    for (const server of servers) this.#finish(server, nowMs);
    for (let server = this.#freest(servers); server && this.waiting > 0; server = this.#freest(servers)) {
      const sinceMs = this.#waitingSinceMs.shift() ?? nowMs;
      this.longestWaitMs = Math.max(this.longestWaitMs, nowMs - sinceMs);
      const endsMs = nowMs + this.#settings.serviceMs;
      server.finishesMs.push(endsMs);
      this.#begun.push({ waitedMs: nowMs - sinceMs, endsMs });
    }
  }

  #finish(server: Server, nowMs: EpochMs): void {
    const left = server.finishesMs.filter((finishMs) => finishMs > nowMs);
    this.served += server.finishesMs.length - left.length;
    server.finishesMs.splice(0, Infinity, ...left);
  }

  #freest(servers: readonly Server[]): Server | undefined {
    let freest: Server | undefined;
    for (const server of servers) {
      const hasRoom = server.accepting && server.finishesMs.length < this.#settings.slotsPerPod;
      if (hasRoom && (!freest || server.finishesMs.length < freest.finishesMs.length)) freest = server;
    }
    return freest;
  }
}
