import type { Clock } from '../../domain/clock.ts';
import type { GpuDevice, GpuSample } from '../../domain/gpu.ts';
import type { GpuIdentity, GpuReader, ReaderEvent } from '../reader.ts';
import { nothingRejected } from '../rejections.ts';
import type { Rejections } from '../rejections.ts';
import { ask } from './ask.ts';
import { explainExit, isAccessDenied } from './explain-exit.ts';
import { chooseFields, parseHelpQuery } from './fields.ts';
import { Restarts } from '../restarts.ts';
import type { SessionEnd } from '../restarts.ts';
import { SampleLoop } from './loop.ts';
import { startTool } from '../tool.ts';
import { parseXmlReport } from './xml.ts';

/** How long a one-off question may take: on a node without persistence mode the driver wakes every GPU first. */
const answerPatienceMs = 20_000;

interface Settings {
  /** The executable, by path or by a name on the PATH. */
  readonly path: string;
  readonly intervalMs: number;
  readonly clock: Clock;
}

type Listener = (event: ReaderEvent) => void;

/**
 * Reads GPUs through one `nvidia-smi` that loops. Fields are chosen from what the driver says it knows, anew at every
 * start, for an upgrade may change them. Whatever goes wrong ends the process and starts another after a backoff; there
 * is never more than one, however the last one hangs.
 */
export class NvidiaSmiReader implements GpuReader {
  readonly backend = 'nvidia-smi';
  readonly #settings: Settings;
  readonly #restarts: Restarts;
  #identities = new Map<string, GpuIdentity>();
  #listener: Listener = () => undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#restarts = new Restarts(settings.clock, (signal) => this.#read(signal));
  }

  start(listener: Listener): void {
    this.#listener = listener;
    this.#restarts.start(({ reason, rejected }) => {
      listener({ kind: 'failure', reason, rejected, accessDenied: isAccessDenied(reason) });
    });
  }

  /** Kills the process and waits until the reader is at rest. */
  async stop(): Promise<void> {
    await this.#restarts.stop();
  }

  /** Probes, then loops until something goes wrong or the session is aborted. Answers what went wrong. */
  async #read(signal: AbortSignal): Promise<SessionEnd> {
    const help = await ask(this.#settings.path, ['--help-query-gpu'], answerPatienceMs, signal);
    if (!help.ok) return { ...help, rejected: nothingRejected };
    const choice = chooseFields(parseHelpQuery(help.text));
    if (choice.lacking.length > 0) {
      const reason = `nvidia-smi --help-query-gpu does not name ${choice.lacking.join(', ')}: is it NVIDIA's?`;
      return { reason, rejected: nothingRejected, gone: Promise.resolve() };
    }
    this.#listener({ kind: 'started', unknownFields: choice.unknown });
    let identified: Promise<void> | undefined;
    const failure = await this.#loop(choice.query, signal, (sample, rejected) => {
      const devices = sample.devices.map((device) => this.#withMinorNumber(device));
      this.#listener({ kind: 'sample', sample: { ...sample, devices }, rejected });
      identified ??= this.#identify(signal);
    });
    return { ...failure, gone: Promise.all([failure.gone, identified]) };
  }

  /** Learns what `--query-gpu` does not tell. Samples do not wait for it, and do without where it fails. */
  async #identify(signal: AbortSignal): Promise<void> {
    this.#identities = new Map();
    const answer = await ask(this.#settings.path, ['-q', '-x'], answerPatienceMs, signal);
    if (!answer.ok) return answer.gone;
    const report = parseXmlReport(answer.text);
    if (!report || signal.aborted) return;
    const gpus = report.gpus.map(({ device, migDevices }) => ({
      uuid: device.uuid,
      ...(device.minorNumber !== undefined && { minorNumber: device.minorNumber }),
      migDevices,
    }));
    this.#identities = new Map(gpus.map((gpu) => [gpu.uuid, gpu]));
    this.#listener({ kind: 'identified', gpus });
  }

  /** Runs one loop to its end. */
  #loop(
    query: readonly string[],
    signal: AbortSignal,
    onSample: (sample: GpuSample, rejected: Rejections) => void,
  ): Promise<SessionEnd> {
    const { path, intervalMs, clock } = this.#settings;
    return new Promise((resolve) => {
      const fail = (reason: string): void => {
        loop.close();
        run.kill();
        resolve({ reason, rejected: loop.takeRejections(), gone: run.ended });
      };
      const loop = new SampleLoop(clock, intervalMs, { onSample, onSilence: fail });
      let complaint = '';
      const args = [`--query-gpu=${query.join(',')}`, '--format=csv,nounits', `--loop-ms=${Math.round(intervalMs)}`];
      const run = startTool(path, args, {
        stdout: (chunk) => loop.push(chunk),
        stderr: (chunk) => {
          complaint = (complaint + chunk).slice(-2_000);
        },
      });
      void run.ended.then((exit) => fail(explainExit(exit, path, complaint || loop.lastWords)));
      signal.addEventListener('abort', () => fail('stopped'));
    });
  }

  #withMinorNumber(device: GpuDevice): GpuDevice {
    const minorNumber = this.#identities.get(device.uuid)?.minorNumber;
    return minorNumber === undefined ? device : { ...device, minorNumber };
  }
}
