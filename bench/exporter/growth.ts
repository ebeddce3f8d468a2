import type { Benchmark, Figure } from '../figure.ts';
import { pause } from '../program.ts';
import { memoryOf } from '../processes.ts';
import { eightHolders, nvmlDriver, wholeGpus } from './drivers.ts';
import { startNode } from './node.ts';
import { Undo } from './undo.ts';

const scrapesBefore = 1_000;
const scrapesAfter = 100_000;
const podChanges = 10_000;
/** The exporter gives memory back after ten seconds of its start and ten readings: growth is what comes after that. */
const startMs = 15_000;

/**
 * Resident memory of all the exporter's processes after 100,000 scrapes and 10,000 pods that went and came, over that after 1,000
 * scrapes. All pods of the node are others at each question of the exporter, ten times a second.
 */
export const rssGrowth: Benchmark = { figures: ['exporter.rss_growth'], run: measureGrowth };

async function measureGrowth(): Promise<Figure[]> {
  const undo = new Undo();
  let [generation, isChanging] = [0, false];
  const allocations = (): ReturnType<typeof eightHolders> => eightHolders(isChanging ? (generation += 1) : generation);
  try {
    const node = await startNode(undo, { driver: nvmlDriver(undo, wholeGpus(8)), allocations, sampleInterval: '100ms', podSeries: 8 }); // prettier-ignore
    await node.scraper.times(scrapesBefore);
    await pause(startMs);
    const before = memoryOf(node.ownPids());
    isChanging = true;
    for (let done = scrapesBefore; done < scrapesAfter || 64 * generation < podChanges; done += 1) await node.scraper.scrape(); // prettier-ignore
    const after = memoryOf(node.ownPids());
    const note = `${before.rss.toFixed(1)} to ${after.rss.toFixed(1)} MiB, anonymous ${before.anonymous.toFixed(1)} to ${after.anonymous.toFixed(1)}; ${64 * generation} pod changes`;
    return [{ figure: 'exporter.rss_growth', value: after.rss / before.rss, unit: 'ratio', goal: { atMost: 1.05 }, note }]; // prettier-ignore
  } finally {
    await undo.run();
  }
}
