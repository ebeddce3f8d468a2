import { setTimeout as pause } from 'node:timers/promises';
import { createEnginePodsSource } from '../../src/signals/engines/engine-pods.ts';
import { engineSignals } from '../../src/domain/engine.ts';
import { ThreadedScraper } from '../../src/signals/scrape/threaded-scraper.ts';
import { pod, workload } from '../../test/support/builders.ts';
import { HandClock } from '../../test/support/hand-clock.ts';

/**
 * Reads an engine farm in a process of its own: `engine-reader.ts PORT PODS ROUNDS WAIT` starts a round WAIT ms after the
 * last one began, or at once. Its clock moves on by a second each round. Prints its CPU share, and its memory after 20,000
 * reads and at the end, in MiB.
 */
const [port = 0, pods = 0, rounds = 0, waitMs = 0] = process.argv.slice(2).map(Number);
const clock = new HandClock();
/** The thread that reads keeps no program alive. */
setInterval(() => undefined, 60_000);
const tools = { scraper: new ThreadedScraper(clock), clock };
const source = createEnginePodsSource({ engine: 'vllm', port, path: '/metrics' }, engineSignals('vllm'), tools);
const names = Array.from({ length: pods }, (_, i) => pod({ name: `vllm-${i}`, address: `127.0.0.${i + 1}` }));
const subject = workload({ pods: names });

/** As many reads as 100 rounds of 200 pods: by then the heap has grown to what this rate of reading needs. */
const settledAfter = Math.round((100 * 200) / pods);
let settledMiB = NaN;
await round();
const [cpu, start] = [process.cpuUsage(), performance.now()];
for (let done = 1; done <= rounds; done += 1) {
  await pause(Math.max(0, start + done * waitMs - performance.now()));
  await round();
  if (done === settledAfter) settledMiB = rssMiB();
}
const { user, system } = process.cpuUsage(cpu);
const cpuShare = (user + system) / 1_000 / (performance.now() - start);
process.stdout.write(JSON.stringify({ cpuShare, settledMiB, endMiB: rssMiB() }));
process.exit(0);

async function round(): Promise<void> {
  clock.jumpTo(clock.nowMs() + 1_000);
  // A timer for each round would outlive it, and keep its requests: the scaler's runner ends its own.
  const measured = await source.read(subject, new AbortController().signal);
  for (const [signal, { coverage }] of measured) {
    const isFirst = clock.nowMs() === 1_000;
    if (!isFirst && coverage.heard < pods) throw new Error(`${signal}: heard ${coverage.heard} of ${pods} pods`);
  }
}

function rssMiB(): number {
  return process.memoryUsage.rss() / 1_048_576;
}
