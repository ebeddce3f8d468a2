import { z } from 'zod';
import type { EpochMs } from '../../../../domain/clock.ts';
import { parseSampleValue } from '../../../exposition/line.ts';
import type { Sample } from '../../../exposition/exposition.ts';
import { point } from '../api-answer.ts';
import { timeLabel } from './gpu-query.ts';

/** The answer to `gpuQuery`. */
export const gpuVector = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: point })),
});
type Series = z.infer<typeof gpuVector>['result'][number];

/** A sample as the exporter told it, and when that was. */
export interface TimedSample extends Sample {
  readonly sampledAtMs: EpochMs;
}

/** What labels tell one figure from another, whichever exporter, job or replica of a Prometheus it came through. */
const identity = ['namespace', 'pod', 'container', 'uuid', 'UUID', 'Hostname', 'gpu', 'GPU_I_ID'] as const;
const renamed = 'exported_';

/**
 * The samples of an answer, each with the labels that its exporter gave it and with its own time; one whose time was not
 * told is left out. Of the same figure told twice, as while an exporter is replaced, the newest counts.
 */
export function readGpuSeries({ result }: z.infer<typeof gpuVector>): TimedSample[] {
  const times = new Map(result.filter(isTime).map((series) => [labelsKey(series), parseSampleValue(series.value[1])]));
  const newest = new Map<string, TimedSample>();
  for (const series of result) {
    const seconds = isTime(series) ? undefined : times.get(labelsKey(series));
    if (seconds === undefined || !Number.isFinite(seconds)) continue;
    const sample = toSample(series, seconds * 1_000);
    const key = JSON.stringify([sample.name, ...identity.map((label) => sample.labels.get(label))]);
    if ((newest.get(key)?.sampledAtMs ?? -Infinity) < sample.sampledAtMs) newest.set(key, sample);
  }
  return [...newest.values()];
}

function isTime({ metric }: Series): boolean {
  return timeLabel in metric;
}

/** Equal for a figure and its time. */
function labelsKey({ metric }: Series): string {
  const labels = Object.entries(metric).filter(([name]) => name !== '__name__' && name !== timeLabel);
  return JSON.stringify(labels.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function toSample({ metric, value: [, text] }: Series, sampledAtMs: EpochMs): TimedSample {
  const { __name__: name = '', ...labels } = metric;
  return { name, labels: asScraped(labels), value: parseSampleValue(text) ?? NaN, sampledAtMs };
}

/** The exporter's own labels, where Prometheus renamed them for the sake of the target's. */
function asScraped(labels: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const scraped = new Map(Object.entries(labels));
  for (const [name, value] of Object.entries(labels)) {
    if (name.startsWith(renamed)) scraped.set(name.slice(renamed.length), value);
  }
  return scraped;
}
