import type { Benchmark, Figure } from '../figure.ts';
import { pause } from '../program.ts';
import { memoryOf } from '../processes.ts';
import type { Memory } from '../processes.ts';
import { eightHolders, nvmlDriver, wholeGpus } from './drivers.ts';
import { startNode } from './node.ts';
import type { BenchNode } from './node.ts';
import { Undo } from './undo.ts';

const scrapesBefore = 1_000;
const scrapesAfter = 100_000;
const podChanges = 10_000;
/** The exporter gives memory back after ten seconds of its start: growth is what comes after that. Both times it rests as long. */
const restMs = 15_000;

/**
 * Resident memory of all the exporter's processes after 100,000 scrapes and 10,000 pods that went and came, over that after 1,000
 * scrapes. All pods of the node are others at each question of the exporter, ten times a second. Nobody scrapes in the
 * seconds before each of the two; the note tells what was the most while some thousand scrapes a second were answered.
 */
export const rssGrowth: Benchmark = { figures: ['exporter.rss_growth'], run: measureGrowth };

async function measureGrowth(): Promise<Figure[]> {
  const undo = new Undo();
  let [generation, isChanging] = [0, false];
  const allocations = (): ReturnType<typeof eightHolders> => eightHolders(isChanging ? (generation += 1) : generation);
  try {
    const node = await startNode(undo, { driver: nvmlDriver(undo, wholeGpus(8)), allocations, sampleInterval: '100ms', podSeries: 8 }); // prettier-ignore
    await node.scraper.times(scrapesBefore);
    const before = await restingMemory(node);
    isChanging = true;
    const most = await scrapeUntil(node, (done) => scrapesBefore + done >= scrapesAfter && 64 * generation >= podChanges); // prettier-ignore
    isChanging = false;
    const after = await restingMemory(node);
    const note = `${before.rss.toFixed(1)} to ${after.rss.toFixed(1)} MiB, anonymous ${before.anonymous.toFixed(1)} to ${after.anonymous.toFixed(1)}, between them ${most.toFixed(1)} at most; ${64 * generation} pod changes`;
    return [{ figure: 'exporter.rss_growth', value: after.rss / before.rss, unit: 'ratio', goal: { atMost: 1.05 }, note }]; // prettier-ignore
  } finally {
    await undo.run();
  }
}

async function restingMemory({ ownPids }: BenchNode): Promise<Memory> {
  await pause(restMs);
  return memoryOf(ownPids());
}

/** Answers the most resident memory, in MiB, that was seen now and then. */
async function scrapeUntil({ scraper, ownPids }: BenchNode, isOver: (done: number) => boolean): Promise<number> {
  let most = 0;
  for (let done = 0; !isOver(done); done += 1) {
    await scraper.scrape();
    if (done % 500 === 0) most = Math.max(most, memoryOf(ownPids()).rss);
  }
  return most;
}
