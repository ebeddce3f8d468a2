import type { Cancel, Clock, EpochMs } from '../../../domain/clock.ts';
import type { GpuSample } from '../../../domain/gpu.ts';
import { maximumAgeMs } from '../../freshness.ts';
import type { RejectedValue, Rejections } from '../../rejections.ts';
import { Batch } from './batch.ts';
import { parseRow } from './csv.ts';
import type { CsvRow } from './csv.ts';
import { parseHeader } from './fields.ts';
import type { Columns } from './fields.ts';
import { LineSplitter } from '../../lines.ts';

/** The first sample may take this long: without persistence mode the driver initialises every GPU first. */
const firstSampleMs = 20_000;
/** An iteration's lines come at once; after this long a silence ends it. */
const longestQuietMs = 500;
/** No line of nvidia-smi is near this long. */
const longestLine = 65_536;

interface LoopListener {
  readonly onSample: (sample: GpuSample, rejected: Rejections, lostCount: number) => void;
  /** No complete sample came for too long. */
  readonly onSilence: (reason: string) => void;
}

/** Turns what a running `nvidia-smi --query-gpu … --loop-ms` prints into samples, and watches that it goes on. */
export class SampleLoop {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #listener: LoopListener;
  readonly #splitter = new LineSplitter(
    (line) => this.#read(line),
    () => this.#rejectLine('a line without an end'),
    longestLine,
  );
  readonly #batch = new Batch();
  #columns: Columns | undefined;
  #batchBeganMs: EpochMs = 0;
  #rejectedLines = 0;
  #rejectedValues: RejectedValue[] = [];
  #lastWords = '';
  #endWatch: Cancel;
  #endQuiet: Cancel = () => undefined;

  constructor(clock: Clock, intervalMs: number, listener: LoopListener) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#listener = listener;
    this.#endWatch = this.#watch(Math.max(firstSampleMs, maximumAgeMs(intervalMs)));
  }

  push(chunk: string): void {
    this.#splitter.push(chunk);
  }

  /** The last thing printed that was no reading: where nvidia-smi says what is wrong. */
  get lastWords(): string {
    return this.#lastWords;
  }

  /** What was thrown away since this was last asked. */
  takeRejections(): Rejections {
    const rejected = { lines: this.#rejectedLines, values: this.#rejectedValues };
    this.#rejectedLines = 0;
    this.#rejectedValues = [];
    return rejected;
  }

  /** Ends the watch. A sample that is not complete is dropped. */
  close(): void {
    this.#endWatch();
    this.#endQuiet();
  }

  #read(line: string): void {
    const header = parseHeader(line);
    if (header) {
      this.#columns = header;
      return;
    }
    const row = this.#columns && parseRow(line, this.#columns);
    if (!row) {
      if (line.trim() !== '') this.#rejectLine(line);
      return;
    }
    this.#rejectedValues.push(...row.rejectedValues);
    if (this.#batch.isEmpty) this.#batchBeganMs = this.#clock.nowMs();
    for (const rows of this.#batch.push(row)) this.#finish(rows);
    this.#endQuiet();
    if (!this.#batch.isEmpty) {
      const quietMs = Math.min(longestQuietMs, this.#intervalMs / 2);
      this.#endQuiet = this.#clock.after(quietMs, () => this.#finish(this.#batch.take()));
    }
  }

  #rejectLine(line: string): void {
    this.#rejectedLines += 1;
    this.#lastWords = line.slice(0, 300);
  }

  #finish(rows: readonly CsvRow[]): void {
    this.#endWatch();
    this.#endWatch = this.#watch(maximumAgeMs(this.#intervalMs));
    const driverVersion = rows.find((row) => row.driverVersion !== undefined)?.driverVersion;
    const sample = {
      observedAtMs: this.#batchBeganMs,
      ...(driverVersion !== undefined && { driverVersion }),
      devices: rows.map((row) => row.device),
    };
    this.#batchBeganMs = this.#clock.nowMs();
    this.#lastWords = '';
    const counted = Math.max(0, ...rows.map(({ count = 0 }) => count));
    this.#listener.onSample(sample, this.takeRejections(), Math.max(0, counted - rows.length));
  }

  #watch(patienceMs: number): Cancel {
    return this.#clock.after(patienceMs, () => {
      const unread = this.#rejectedLines > 0 ? `; ${this.#rejectedLines} lines were not readings, the last: ${this.#lastWords}` : ''; // prettier-ignore
      this.#listener.onSilence(`no complete sample from nvidia-smi for ${patienceMs / 1_000} s${unread}`);
    });
  }
}
