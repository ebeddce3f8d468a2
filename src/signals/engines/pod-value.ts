import type { Exposition, Sample } from '../exposition/exposition.ts';
import { findSeries, modelOf, oddValue } from './pod-series.ts';
import type { ModelScope } from './pod-series.ts';
import type { NumberMetric } from './presets/preset.ts';

/** One pod's number for one signal, or why there is none. */
export type PodValue =
  { readonly state: 'known'; readonly value: number } | { readonly state: 'unknown'; readonly reason: string };

/** What reading a pod takes besides its text. */
export interface PodScope extends ModelScope {
  /** How fast these counters of the pod grow together. */
  readonly rateOf: (counters: readonly Sample[]) => PodValue;
}

/** Reads one signal out of what a pod shows. Series that are NaN, infinite or negative make it unknown, never 0. */
export function readPodValue(exposition: Exposition, metric: NumberMetric, scope: PodScope): PodValue {
  const found = findSeries(exposition, metric.from, scope);
  if (found.state === 'unknown') return found;
  const { under, series } = found;
  const odd = oddValue(series);
  if (odd !== undefined) return { state: 'unknown', reason: `${under.name} is ${odd}` };
  const models = (): string[] => series.map((sample) => modelOf(sample, under, scope));
  const value = metric.read === 'rate' ? scope.rateOf(series) : known(join(series, metric.read, models));
  return value.state === 'known' && metric.plus ? plus(value.value, readPodValue(exposition, metric.plus, scope)) : value; // prettier-ignore
}

function plus(value: number, added: PodValue): PodValue {
  return added.state === 'known' ? known(value + added.value) : added;
}

function join(series: readonly Sample[], how: 'sum' | 'mean' | 'max', models: () => readonly string[]): number {
  const values = series.map(({ value }) => value);
  if (how === 'sum') return sum(values);
  if (how === 'max') return highest(values);
  const byModel = Map.groupBy(values.entries(), ([index]) => models()[index]);
  return highest([...byModel.values()].map((entries) => sum(entries.map(([, value]) => value)) / entries.length));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function highest(values: readonly number[]): number {
  return values.reduce((top, value) => Math.max(top, value), 0);
}

function known(value: number): PodValue {
  return { state: 'known', value };
}
