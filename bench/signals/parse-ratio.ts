import parsePrometheusTextFormat from 'parse-prometheus-text-format';
import { engineSignals } from '../../src/domain/engine.ts';
import { metricNames } from '../../src/signals/engines/presets/preset.ts';
import { presetOf } from '../../src/signals/engines/presets/presets.ts';
import { ExpositionReader } from '../../src/signals/exposition/exposition-reader.ts';
import { LabelTexts } from '../../src/signals/exposition/label-texts.ts';
import { WantedNames } from '../../src/signals/exposition/wanted-names.ts';
import type { Benchmark, Figure } from '../figure.ts';
import { median } from '../statistics.ts';
import { vllmScrape } from './vllm-scrape.ts';

const engines = 28;
const chunkBytes = 65_536;
const warmUpMs = 1_500;
const measuredMs = 3_000;

/**
 * How many times faster the reader is than a general parser from npm, on the same scrape: bytes in, all signals of vLLM
 * out. The general one makes objects of all there is, which is what it is for.
 */
export const parseRatio: Benchmark = { figures: ['signals.parse_ratio'], run: () => Promise.resolve([measure()]) };

function measure(): Figure {
  const bytes = Buffer.from(vllmScrape(engines, 1));
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, i) => bytes.subarray(i * chunkBytes, (i + 1) * chunkBytes)); // prettier-ignore
  const wanted = new WantedNames(engineSignals('vllm').flatMap((signal) => metricNames(presetOf('vllm')[signal] ?? missing(signal)))); // prettier-ignore
  const labels = new LabelTexts();
  const read = (): number => {
    const reader = new ExpositionReader(wanted, undefined, labels);
    for (const chunk of chunks) reader.write(chunk);
    return reader.end().samples.length;
  };
  const parse = (): number => parsePrometheusTextFormat(bytes.toString('utf8')).length;
  const [ours, theirs] = [secondsOf(read), secondsOf(parse)];
  const mib = bytes.length / 1_048_576;
  const note = `${(mib / ours).toFixed(0)} MiB/s over ${(mib / theirs).toFixed(1)} MiB/s of parse-prometheus-text-format, ${mib.toFixed(2)} MiB`;
  return { figure: 'signals.parse_ratio', value: theirs / ours, unit: 'x', goal: { atLeast: 5 }, note };
}

/** The median of three seconds of runs, after a warm-up: a scaler runs for weeks. */
function secondsOf(work: () => number): number {
  timesWithin(warmUpMs, work);
  return median(timesWithin(measuredMs, work));
}

function timesWithin(forMs: number, work: () => number): number[] {
  const times: number[] = [];
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const start = performance.now();
    if (work() === 0) throw new Error('nothing was read');
    times.push((performance.now() - start) / 1_000);
  }
  return times;
}

function missing(signal: string): never {
  throw new Error(`vllm has no ${signal}`);
}
