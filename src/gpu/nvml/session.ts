import type { Cancel, Clock, EpochMs } from '../../domain/clock.ts';
import type { GpuDevice, GpuSample } from '../../domain/gpu.ts';
import { maximumAgeMs } from '../freshness.ts';
import type { Rejections } from '../rejections.ts';
import { untilNextTurn } from '../turns.ts';
import { DeviceReader } from './device.ts';
import { explainFailure } from './child-process.ts';
import type { ChildMessage, SampleMessage } from './message.ts';
import { explainCode, isAccessDenied } from './return-codes.ts';

/** The first answer may take this long: without persistence mode the driver initialises every GPU first. */
const firstAnswerMs = 20_000;

export interface SessionSettings {
  readonly nvmlPath: string;
  readonly intervalMs: number;
  readonly clock: Clock;
}

interface SessionListener {
  readonly onStarted: (missing: readonly string[]) => void;
  readonly onSample: (sample: GpuSample, rejected: Rejections, lostCount: number) => void;
  readonly onXid: (uuid: string, xid: number) => void;
  /** Asks the child for a sample. */
  readonly ask: (nowMs: EpochMs) => void;
  /** It can't go on. */
  readonly fail: (reason: string, accessDenied?: boolean) => void;
}

/** Asks a child again and again, one question at a time, makes samples of its answers, and watches that they come. */
export class Session {
  readonly #settings: SessionSettings;
  readonly #listener: SessionListener;
  #driverVersion: string | undefined;
  #askedAtMs: EpochMs = 0;
  #rejectedLines = 0;
  #endWatch: Cancel;
  #endPause: Cancel = () => undefined;

  constructor(settings: SessionSettings, listener: SessionListener) {
    this.#settings = settings;
    this.#listener = listener;
    this.#endWatch = this.#watch(this.#firstPatienceMs);
  }

  take(message: ChildMessage): void {
    const failure = explainFailure(message, this.#settings.nvmlPath);
    const accessDenied = message.kind === 'failure' && isAccessDenied(message.call, message.code);
    if (failure !== undefined) this.#listener.fail(failure, accessDenied);
    else if (message.kind === 'started') this.#begin(message.driverVersion, message.missing);
    else if (message.kind === 'sample') this.#finish(message);
  }

  rejectLine(): void {
    this.#rejectedLines += 1;
  }

  takeRejections(): Rejections {
    const rejected = { lines: this.#rejectedLines, values: [] };
    this.#rejectedLines = 0;
    return rejected;
  }

  close(): void {
    this.#endWatch();
    this.#endPause();
  }

  get #firstPatienceMs(): number {
    return Math.max(firstAnswerMs, maximumAgeMs(this.#settings.intervalMs));
  }

  #begin(driverVersion: string, missing: readonly string[]): void {
    this.#driverVersion = driverVersion;
    this.#listener.onStarted(missing);
    this.#ask(this.#firstPatienceMs);
  }

  #ask(patienceMs: number): void {
    this.#endWatch();
    this.#endWatch = this.#watch(patienceMs);
    this.#askedAtMs = this.#settings.clock.nowMs();
    this.#listener.ask(this.#askedAtMs);
  }

  #finish({ devices: raw, lost, xids }: SampleMessage): void {
    this.#endWatch();
    const [first] = lost;
    if (first && raw.length === 0) {
      this.#listener.fail(`NVML shows none of ${lost.length} GPUs: ${explainCode(first.code)}`);
      return;
    }
    for (const { uuid, xid } of xids) this.#listener.onXid(uuid, xid);
    const reader = new DeviceReader();
    const devices = raw.flatMap((device) => reader.read(device) ?? []);
    this.#rejectedLines += lost.length + raw.length - devices.length;
    const rejected = { ...this.takeRejections(), values: reader.rejectedValues };
    this.#listener.onSample(this.#sampleOf(devices), rejected, lost.length);
    const { clock, intervalMs } = this.#settings;
    const patienceMs = maximumAgeMs(intervalMs);
    const waitMs = untilNextTurn(clock, intervalMs, this.#askedAtMs);
    this.#endPause = clock.after(waitMs, () => this.#ask(patienceMs));
  }

  #sampleOf(devices: readonly GpuDevice[]): GpuSample {
    return {
      observedAtMs: this.#askedAtMs,
      ...(this.#driverVersion !== undefined && { driverVersion: this.#driverVersion }),
      devices,
    };
  }

  #watch(patienceMs: number): Cancel {
    const reason = `no answer from the process that holds NVML for ${patienceMs / 1_000} s`;
    return this.#settings.clock.after(patienceMs, () => this.#listener.fail(reason));
  }
}
