import { extname } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Clock, EpochMs } from '../../domain/clock.ts';
import { errorText } from '../../domain/error-text.ts';
import { Outbox } from './outbox.ts';
import type { ScrapeAnswer, ScrapeRequest, Scraper } from './scraper.ts';
import type { Order, Report } from './thread-message.ts';

/** A thread that ended by itself is not replaced sooner, so that one that can't live costs little. */
const restartAfterMs = 1_000;
/**
 * Room for new objects in the thread's heap: what is read is soon let go of. More would let bodies pile up outside of the
 * heap, for which V8 then collects all garbage several times a second. It is a flag, because the flag that the chart gives for the
 * main thread counts more than the limits of a worker; V8 looks at it when it makes a heap, and the main thread's is made.
 */
const youngSpace = '--max-semi-space-size=2';

interface Waiting {
  readonly resolve: (answer: ScrapeAnswer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Reads pods in a thread of its own, so that KEDA's calls do not wait for what pods say. The thread is started with the
 * first read; where it ends, what it was reading fails, and another takes its place.
 */
export class ThreadedScraper implements Scraper {
  readonly #clock: Clock;
  readonly #program: URL;
  readonly #waiting = new Map<number, Waiting>();
  readonly #orders = new Outbox<Order>((orders) => this.#worker?.postMessage(orders));
  #worker: Worker | undefined;
  #next = 0;
  #endedAtMs: EpochMs | undefined;
  #isClosed = false;

  /** @param program what the thread runs */
  constructor(clock: Clock, program = new URL(`./thread${extname(import.meta.url)}`, import.meta.url)) {
    this.#clock = clock;
    this.#program = program;
  }

  read(request: ScrapeRequest, deadline: AbortSignal): Promise<ScrapeAnswer> {
    const { host } = request;
    if (deadline.aborted) return Promise.reject(new Error(`${host} did not answer in time`));
    if (!this.#isRunning()) return Promise.reject(new Error(`${host} was not asked: the thread that reads pods has ended; another follows`)); // prettier-ignore
    const id = this.#next++;
    const giveUp = (): void => {
      this.#orders.push({ id });
      this.#take(id)?.reject(new Error(`${host} did not answer in time`));
    };
    const answer = new Promise<ScrapeAnswer>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    deadline.addEventListener('abort', giveUp);
    this.#orders.push({ id, request });
    return answer.finally(() => deadline.removeEventListener('abort', giveUp));
  }

  close(): void {
    this.#isClosed = true;
    void this.#worker?.terminate();
    this.#fail('the thread that reads pods was stopped');
  }

  /** Starts the thread where that may be. */
  #isRunning(): boolean {
    const isTooSoon = this.#endedAtMs !== undefined && Math.abs(this.#clock.nowMs() - this.#endedAtMs) < restartAfterMs;
    if (!this.#worker && !this.#isClosed && !isTooSoon) this.#worker = this.#start();
    return this.#worker !== undefined && !this.#isClosed;
  }

  #start(): Worker {
    setFlagsFromString(youngSpace);
    const worker = new Worker(this.#program, { name: 'pods' });
    worker.on('message', (reports: readonly Report[]) => reports.forEach((report) => this.#receive(report)));
    worker.on('error', (error) => this.#ended(worker, errorText(error)));
    worker.on('exit', (code) => this.#ended(worker, `exit code ${code}`));
    // It never keeps a program alive that has nothing else to do.
    worker.unref();
    return worker;
  }

  #receive(report: Report): void {
    const waiting = this.#take(report.id);
    if (report.reason === undefined) waiting?.resolve(report.answer);
    else waiting?.reject(new Error(report.reason));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #ended(worker: Worker, how: string): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#endedAtMs = this.#clock.nowMs();
    this.#fail(`the thread that reads pods ended: ${how}`);
  }

  #fail(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }
}
