import type { Clock } from '../../domain/clock.ts';
import type { GpuSample } from '../../domain/gpu.ts';
import { KnownGpus } from '../known-gpus.ts';
import { ProcessShares } from '../process-shares.ts';
import type { GpuReader, ReaderEvent } from '../reader.ts';
import { nothingRejected } from '../rejections.ts';
import type { RejectedValue, Rejections } from '../rejections.ts';
import { Restarts } from '../restarts.ts';
import type { SessionEnd } from '../restarts.ts';
import { startTool } from '../tool.ts';
import { ask } from './ask.ts';
import { explainExit, isAccessDenied } from './explain-exit.ts';
import { mergeDevice } from './merge.ts';
import { ProcessWatch } from './processes/process-watch.ts';
import { chooseFields, parseHelpQuery } from './query/fields.ts';
import { SampleLoop } from './query/loop.ts';
import type { Detail } from './report/detail.ts';
import { DetailCycle } from './report/detail-cycle.ts';

/** How long a one-off question may take: on a node without persistence mode the driver wakes every GPU first. */
const answerPatienceMs = 20_000;

interface Settings {
  /** The executable, by path or by a name on the PATH. */
  readonly path: string;
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Whether processes are needed now: they take another nvidia-smi that runs along, and costs more than all else. */
  readonly needsProcesses: () => boolean;
}

type Listener = (event: ReaderEvent) => void;

/**
 * Reads GPUs through one `nvidia-smi` that loops, with another beside it that watches their processes while these are needed, and a
 * report now and then. Fields are chosen from what the driver says it knows, anew at every start, for an upgrade may change them. Whatever
 * goes wrong with the loop ends it and starts another after a backoff; there is never more than one, however the last one hangs.
 */
export class NvidiaSmiReader implements GpuReader {
  readonly backend = 'nvidia-smi';
  readonly #settings: Settings;
  readonly #restarts: Restarts;
  readonly #watch: ProcessWatch;
  readonly #shares = new ProcessShares();
  readonly #known = new KnownGpus();
  #rejected: RejectedValue[] = [];
  #identities = '';
  /** GPUs of the last sample, and those for which the loop was begun anew once. */
  #shown: ReadonlySet<string> = new Set();
  readonly #soughtAnew = new Set<string>();
  #endLoop: (reason: string) => void = () => undefined;
  #listener: Listener = () => undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#restarts = new Restarts(settings.clock, (signal) => this.#read(signal));
    this.#watch = new ProcessWatch(settings);
  }

  start(listener: Listener): void {
    this.#listener = listener;
    this.#restarts.start(({ reason, rejected }) => {
      listener({ kind: 'failure', reason, rejected, accessDenied: isAccessDenied(reason) });
    });
  }

  /** Kills the processes and waits until the reader is at rest. */
  async stop(): Promise<void> {
    await Promise.all([this.#restarts.stop(), this.#watch.stop()]);
  }

  /** Probes, then loops until something goes wrong or the session is aborted. Answers what went wrong. */
  async #read(signal: AbortSignal): Promise<SessionEnd> {
    const { path, clock } = this.#settings;
    const help = await ask(path, ['--help-query-gpu'], answerPatienceMs, signal);
    if (!help.ok) return { ...help, rejected: nothingRejected };
    const choice = chooseFields(parseHelpQuery(help.text));
    if (choice.lacking.length > 0) {
      const reason = `nvidia-smi --help-query-gpu does not name ${choice.lacking.join(', ')}: is it NVIDIA's?`;
      return { reason, rejected: nothingRejected, gone: Promise.resolve() };
    }
    this.#listener({ kind: 'started', unknownFields: choice.unknown });
    const cycle = new DetailCycle({ path, clock, onDetail: (detail) => this.#identify(detail) }, signal);
    const failure = await this.#loop(choice.query, signal, (sample, rejected, lostCount) => this.#tell(this.#known.withLost(sample, lostCount), rejected, cycle)); // prettier-ignore
    await this.#watch.stop();
    return { ...failure, gone: Promise.all([failure.gone, cycle.gone]) };
  }

  #tell(sample: GpuSample, rejected: Rejections, cycle: DetailCycle): void {
    const { devices, observedAtMs } = sample;
    this.#shown = new Set(devices.map(({ uuid }) => uuid));
    for (const uuid of this.#shown) this.#soughtAnew.delete(uuid);
    const key = devices.map(({ index, uuid }) => `${index} ${uuid}`).join();
    const needsProcesses = this.#settings.needsProcesses();
    if (!needsProcesses) void this.#watch.stop();
    else if (devices.length > 0) this.#watch.follow(key);
    const watched = new Map(devices.map(({ index }) => [index, this.#watch.processesOf(index, observedAtMs)]));
    const isFollowed = devices.some(({ index, migEnabled }) => migEnabled || (needsProcesses && !watched.get(index)));
    const merged = devices.map((device) => mergeDevice(device, cycle.of(device.uuid), watched.get(device.index), this.#rejected)); // prettier-ignore
    const values = [...rejected.values, ...this.#watch.takeRejected(), ...this.#rejected.splice(0)];
    const detailObservedAtMs = isFollowed ? cycle.observedAtMs : undefined;
    this.#listener({
      kind: 'sample',
      sample: { ...sample, devices: this.#shares.smooth(merged, observedAtMs), ...(detailObservedAtMs !== undefined && { detailObservedAtMs }) }, // prettier-ignore
      rejected: { lines: rejected.lines, values },
    });
    cycle.askWhenDue(key, isFollowed);
  }

  /** Tells what GPUs there are when that has changed. */
  #identify({ byUuid, rejectedValues }: Detail): void {
    this.#rejected.push(...rejectedValues);
    const gpus = [...byUuid].map(([uuid, { minorNumber, slices = [] }]) => ({
      uuid,
      ...(minorNumber !== undefined && { minorNumber }),
      migDevices: slices.length,
    }));
    const identities = JSON.stringify(gpus);
    if (identities !== this.#identities) this.#listener({ kind: 'identified', gpus });
    this.#identities = identities;
    this.#seek([...byUuid.keys()].find((uuid) => !this.#shown.has(uuid) && !this.#soughtAnew.has(uuid)));
  }

  /** A loop may know only the GPUs that were there when it began. One that goes on overlooking a GPU is not begun anew again. */
  #seek(overlooked: string | undefined): void {
    if (overlooked === undefined) return;
    this.#soughtAnew.add(overlooked);
    this.#endLoop(`nvidia-smi -q names ${overlooked}, which its loop does not show: the loop begins anew`);
  }

  /** Runs one loop to its end. */
  #loop(
    query: readonly string[],
    signal: AbortSignal,
    onSample: (sample: GpuSample, rejected: Rejections, lostCount: number) => void,
  ): Promise<SessionEnd> {
    const { path, intervalMs, clock } = this.#settings;
    return new Promise((resolve) => {
      const fail = (reason: string): void => {
        loop.close();
        run.kill();
        resolve({ reason, rejected: loop.takeRejections(), gone: run.ended });
      };
      this.#endLoop = fail;
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
}
