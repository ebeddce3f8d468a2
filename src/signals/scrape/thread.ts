import { parentPort } from 'node:worker_threads';
import { errorText } from '../../domain/error-text.ts';
import { DirectScraper } from './direct-scraper.ts';
import { Outbox } from './outbox.ts';
import type { ScrapeRequest } from './scraper.ts';
import type { Order, Report } from './thread-message.ts';

/** A read takes longer than that, and a workload's pods are read together. */
const gatherMs = 5;

/** The thread that reads pods: carries out orders and reports what came of each. Ends with the one who started it. */
const scraper = new DirectScraper();
const underWay = new Map<number, AbortController>();
const reports = new Outbox<Report>((messages) => parentPort?.postMessage(messages), gatherMs);

parentPort?.on('message', (orders: readonly Order[]) => {
  for (const { id, request } of orders) {
    if (request) void carryOut(id, request);
    else underWay.get(id)?.abort();
  }
});

async function carryOut(id: number, request: ScrapeRequest): Promise<void> {
  const deadline = new AbortController();
  underWay.set(id, deadline);
  try {
    reports.push({ id, answer: await scraper.read(request, deadline.signal) });
  } catch (error) {
    reports.push({ id, reason: errorText(error) });
  }
  underWay.delete(id);
}
