import type { Exposition, Sample } from '../exposition/exposition.ts';
import { cut } from '../reasons.ts';
import type { SeriesName } from './presets/preset.ts';

/** Which of a pod's series count. */
export interface ModelScope {
  /** Only this model counts; without it, all do. */
  readonly modelName?: string | undefined;
  /** The label that tells the model, where a metric names no other. */
  readonly modelLabel?: string | undefined;
}

/** The series of the first name that a pod shows for the model, or why there are none. */
export type FoundSeries<N extends SeriesName> =
  | { readonly state: 'found'; readonly under: N; readonly series: readonly Sample[] }
  | { readonly state: 'unknown'; readonly reason: string };

/** Finds the series that count. What can't be read of any of the names makes all unknown, as does a text with a flaw. */
export function findSeries<N extends SeriesName>(
  exposition: Exposition,
  names: readonly N[],
  scope: ModelScope,
): FoundSeries<N> {
  if (exposition.flaw !== undefined) return unknown(`its answer ${exposition.flaw}`);
  const broken = names.find(({ name }) => exposition.unreadable.has(name));
  if (broken) return unknown(`${broken.name} can't be read`);
  const shown = names.filter((candidate) => seriesUnder(exposition, candidate).length > 0);
  const [first] = shown;
  if (!first) return unknown(`no ${names.map(({ name }) => name).join(' or ')}`);
  for (const under of shown) {
    const series = seriesUnder(exposition, under).filter((sample) => isInScope(sample, under, scope));
    if (series.length > 0) return { state: 'found', under, series };
  }
  return unknown(describeOtherModels(exposition, first, scope));
}

/** The model that a series tells of; empty where it tells of none. */
export function modelOf({ labels }: Sample, { modelLabel }: SeriesName, scope: ModelScope): string {
  return labels.get(modelLabel ?? scope.modelLabel ?? '') ?? '';
}

export function seriesUnder({ samples }: Exposition, { name, labels = {} }: SeriesName): Sample[] {
  const wanted = Object.entries(labels);
  return samples.filter(
    (sample) => sample.name === name && wanted.every(([label, value]) => sample.labels.get(label) === value),
  );
}

export function isInScope(sample: Sample, under: SeriesName, scope: ModelScope): boolean {
  return scope.modelName === undefined || modelOf(sample, under, scope) === scope.modelName;
}

/** A value that no count, ratio or time can have: negative, NaN or infinite. */
export function oddValue(series: readonly Sample[]): number | undefined {
  return series.find(({ value }) => !Number.isFinite(value) || value < 0)?.value;
}

function describeOtherModels(exposition: Exposition, name: SeriesName, scope: ModelScope): string {
  const models = new Set(seriesUnder(exposition, name).map((sample) => modelOf(sample, name, scope)));
  return `serves no model "${cut(scope.modelName ?? '')}" but ${[...models].map((model) => `"${cut(model)}"`).join(', ')}`;
}

function unknown(reason: string): { readonly state: 'unknown'; readonly reason: string } {
  return { state: 'unknown', reason };
}
