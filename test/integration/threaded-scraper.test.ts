import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/program/system-clock.ts';
import { ThreadedScraper } from '../../src/signals/scrape/threaded-scraper.ts';
import { overHttp, vllmPods, vllmText } from '../conformance/over-http.ts';
import { describeSignalSource } from '../conformance/signal-source.ts';
import { HandClock } from '../support/hand-clock.ts';

describeSignalSource('vllm pods, read in a thread', () =>
  overHttp(vllmText, '# nothing here\n', () => {
    const scraper = new ThreadedScraper(systemClock);
    return { source: vllmPods(scraper), close: () => scraper.close() };
  }),
);

const request = { host: '127.0.0.1:9', path: '/metrics', names: ['queue'] };
const deadline = (): AbortSignal => AbortSignal.timeout(10_000);

it('lets the reads of a thread that ends fail, and starts another a second later', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'thread.mjs');
  const once = `import { parentPort } from 'node:worker_threads'; parentPort.once('message', () => `;
  writeFileSync(program, `${once}{ throw new Error('out of order'); });`);
  const clock = new HandClock();
  const scraper = new ThreadedScraper(clock, pathToFileURL(program));
  onTestFinished(() => scraper.close());
  const both = [scraper.read(request, deadline()), scraper.read(request, deadline())];
  const ended = new Error('the thread that reads pods ended: out of order');
  for (const read of both) await expect(read).rejects.toThrow(ended);
  const refused = '127.0.0.1:9 was not asked: the thread that reads pods has ended; another follows';
  await expect(scraper.read(request, deadline())).rejects.toThrow(new Error(refused));

  writeFileSync(program, `${once}process.exit(3));`);
  clock.jumpTo(clock.nowMs() + 1_000);
  await expect(scraper.read(request, deadline())).rejects.toThrow('the thread that reads pods ended: exit code 3');
});
