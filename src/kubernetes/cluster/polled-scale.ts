import { isDeepStrictEqual } from 'node:util';
import { pause } from '../../domain/clock.ts';
import { errorText } from '../../domain/error-text.ts';
import { Backoff } from './api/backoff.ts';
import type { Surroundings } from './api/collection.ts';
import type { KindDiscovery } from './api/kind-discovery.ts';
import { KubeError } from './api/kube-error.ts';
import type { Observation } from './api/observation.ts';
import type { PollPace } from './poll-pace.ts';
import { readScale } from './records/scale-target.ts';
import type { ScaleTarget } from './records/scale-target.ts';
import type { ScaledObjectRecord } from './records/scaled-object.ts';

/** However many pods come and go, it is not read more often. */
const shortestIntervalMs = 1_000;

interface PolledScaleSetting extends Surroundings {
  readonly discovery: KindDiscovery;
  /** How often to read when nothing hints at a change; shared by all that are polled. */
  readonly pace: PollPace;
  readonly namespace: string;
  readonly target: ScaledObjectRecord;
  /** What to say when the API server has no such object. */
  readonly reasonIfMissing: string;
  readonly onChange: () => void;
}

/**
 * The scale subresource of one object of any kind, read again and again: kinds that pilotlight does not know can't be
 * watched without rights on the whole object, while `get` on the subresource says all that is needed.
 */
export class PolledScale {
  #observation: Observation<ScaleTarget> = { state: 'unheard' };
  readonly #setting: PolledScaleSetting;
  readonly #stopping = new AbortController();
  readonly #backoff = new Backoff();
  readonly #leavePace: () => void;
  #resting = new AbortController();

  constructor(setting: PolledScaleSetting) {
    this.#setting = setting;
    this.#leavePace = setting.pace.join();
    void this.#run();
  }

  observe(): Observation<ScaleTarget> {
    const seen = this.#observation;
    const nowMs = this.#setting.clock.nowMs();
    // When the clock was set back, what was heard ages from now on, not from when the old time is reached again.
    if (seen.state !== 'unheard' && seen.heardAtMs > nowMs) this.#observation = { ...seen, heardAtMs: nowMs };
    return this.#observation;
  }

  /** Something hints at a change, such as a pod that came or went: reads at once, or as soon as is decent. */
  hurry(): void {
    this.#resting.abort();
  }

  stop(): void {
    this.#leavePace();
    this.#stopping.abort();
    this.#resting.abort();
  }

  async #run(): Promise<void> {
    for (;;) {
      this.#resting = new AbortController();
      const next = await this.#read();
      if (this.#stopping.signal.aborted) return;
      this.#observe(next);
      await (next.failure === undefined ? this.#rest() : this.#backOff());
    }
  }

  async #rest(): Promise<void> {
    this.#backoff.reset();
    await pause(this.#setting.clock, shortestIntervalMs, this.#stopping.signal);
    const { clock, pace } = this.#setting;
    await pause(clock, pace.intervalMs - shortestIntervalMs, this.#resting.signal);
  }

  #backOff(): Promise<void> {
    return pause(this.#setting.clock, this.#backoff.next(), this.#stopping.signal);
  }

  async #read(): Promise<Observation<ScaleTarget>> {
    const { client, clock, discovery, namespace, target } = this.#setting;
    try {
      const path = await discovery.scalePath(target, namespace);
      const value = readScale(await client.get(path));
      if (!value) throw new KubeError(`${path}: the answer is no Scale`);
      return { state: 'present', value, heardAtMs: clock.nowMs() };
    } catch (error) {
      const failure = errorText(error);
      if (!(error instanceof KubeError) || error.status !== 404) return { ...this.#observation, failure };
      return { state: 'missing', reason: `${this.#setting.reasonIfMissing} (${failure})`, heardAtMs: clock.nowMs() };
    }
  }

  #observe(next: Observation<ScaleTarget>): void {
    const { logger, namespace, target, onChange } = this.#setting;
    const before = this.#observation;
    this.#observation = next;
    const fields = { namespace, target: `${target.kind}/${target.name}` };
    if (before.failure === undefined && next.failure !== undefined) logger.warn({ ...fields, reason: next.failure }, 'scale can not be read'); // prettier-ignore
    if (before.failure !== undefined && next.failure === undefined) logger.info(fields, 'scale can be read again');
    if (!isDeepStrictEqual(before, next)) onChange();
  }
}
