import type { Cancel, Clock, EpochMs } from '../../../domain/clock.ts';
import { LineSplitter } from '../../lines.ts';
import type { RejectedValue } from '../../rejections.ts';
import { parsePmonHeader, parsePmonRow } from './pmon.ts';
import type { PmonColumns, PmonProcess, PmonRow } from './pmon.ts';

/** All GPUs that pmon watches at one moment, by index, each with its processes. */
export interface ProcessSample {
  readonly observedAtMs: EpochMs;
  readonly byGpu: ReadonlyMap<number, readonly PmonProcess[]>;
  readonly rejectedValues: readonly RejectedValue[];
}

interface Settings {
  readonly clock: Clock;
  /** How long nothing may come. */
  readonly patienceMs: number;
  readonly onSample: (sample: ProcessSample) => void;
  readonly onSilence: (reason: string) => void;
}

/** The lines of one moment come at once; after this long a silence ends it. */
const longestQuietMs = 300;
const longestLine = 4_096;

/** Turns what a running `nvidia-smi pmon` prints into samples, and watches that it goes on. */
export class PmonLoop {
  readonly #settings: Settings;
  readonly #splitter = new LineSplitter((line) => this.#read(line), () => undefined, longestLine); // prettier-ignore
  #columns: PmonColumns | undefined;
  #rows: PmonRow[] = [];
  #beganMs: EpochMs = 0;
  #lastWords = '';
  #endWatch: Cancel;
  #endQuiet: Cancel = () => undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#endWatch = this.#watch();
  }

  push(chunk: string): void {
    this.#splitter.push(chunk);
  }

  /** The last thing printed that was no line of a table: where nvidia-smi says what is wrong. */
  get lastWords(): string {
    return this.#lastWords;
  }

  close(): void {
    this.#endWatch();
    this.#endQuiet();
  }

  #read(line: string): void {
    const header = parsePmonHeader(line);
    if (header) this.#columns = header;
    else if (!line.startsWith('#')) this.#readRow(line);
  }

  #readRow(line: string): void {
    const row = this.#columns && parsePmonRow(line, this.#columns);
    if (!row) {
      this.#lastWords = line.slice(0, 300) || this.#lastWords;
      return;
    }
    if (this.#beginsAnew(row)) this.#finish();
    if (this.#rows.length === 0) this.#beganMs = this.#settings.clock.nowMs();
    this.#rows.push(row);
    this.#endQuiet();
    this.#endQuiet = this.#settings.clock.after(longestQuietMs, () => this.#finish());
  }

  /** GPUs come in order, and each process once. */
  #beginsAnew({ gpuIndex, process }: PmonRow): boolean {
    const last = this.#rows.at(-1);
    if (!last || gpuIndex > last.gpuIndex) return false;
    return gpuIndex < last.gpuIndex || !process || !last.process || this.#has(gpuIndex, process.pid);
  }

  #has(gpuIndex: number, pid: number): boolean {
    return this.#rows.some((row) => row.gpuIndex === gpuIndex && row.process?.pid === pid);
  }

  #finish(): void {
    this.#endQuiet();
    this.#endWatch();
    this.#endWatch = this.#watch();
    const grouped = Map.groupBy(this.#rows, ({ gpuIndex }) => gpuIndex);
    const byGpu = new Map([...grouped].map(([index, rows]) => [index, rows.flatMap(({ process }) => process ?? [])]));
    const rejectedValues = this.#rows.flatMap((row) => row.rejectedValues);
    this.#rows = [];
    this.#settings.onSample({ observedAtMs: this.#beganMs, byGpu, rejectedValues });
  }

  #watch(): Cancel {
    const { clock, patienceMs, onSilence } = this.#settings;
    return clock.after(patienceMs, () => onSilence(`nothing from nvidia-smi pmon for ${patienceMs / 1_000} s`));
  }
}
