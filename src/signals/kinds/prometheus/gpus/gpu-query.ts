import { dcgmDialect } from '../../../exporters/dcgm-dialect.ts';
import { pilotlightDialect } from '../../../exporters/dialect.ts';

/** All that is asked for: figures by pilotlight's names and by those of dcgm-exporter. */
const metrics: readonly string[] = [...pilotlightDialect.metrics, ...dcgmDialect.metrics];

/** The label by which the times of samples are told from their values. */
export const timeLabel = 'pilotlight_sampled_at';

/**
 * The query for the GPU figures of some pods, and for when each of them was scraped. The figures keep their names; the times,
 * in seconds, are marked by `timeLabel` and have the labels of the figures that they are about. An instant query dates
 * what it gives to now, so that a sample's own time has to be asked for.
 *
 * Where a scrape gives targets labels of their own, Prometheus renames those of the exporter, so each may have either name.
 * Of pods that begin alike the names are asked for by what they have in common, so that the query stays short.
 */
export function gpuQuery(namespace: string, pods: readonly string[]): string {
  const pod = JSON.stringify(patternOf(pods));
  const owners = ['namespace', 'exported_namespace'].flatMap((label) =>
    ['pod', 'exported_pod'].map((podLabel) => `${label}=${JSON.stringify(namespace)},${podLabel}=~${pod}`),
  );
  const figures = owners.map((owner) => `{__name__=~"${metrics.join('|')}",${owner}}`);
  const times = metrics.flatMap((metric) => owners.map((owner) => `timestamp(${metric}{${owner}})`));
  return `${figures.join(' or ')} or label_replace(${times.join(' or ')},"${timeLabel}","1","","")`;
}

/** Matches all of these names, and others that begin like them. Names of pods hold nothing but letters, digits, `-` and `.`. */
function patternOf(pods: readonly string[]): string {
  const shared = pods.reduce(sharedStart);
  const isOne = pods.every((pod) => pod === shared);
  return `${shared.replaceAll(/[^a-z0-9-]/g, '.')}${isOne ? '' : '.*'}`;
}

function sharedStart(one: string, other: string): string {
  let end = 0;
  while (end < one.length && one[end] === other[end]) end += 1;
  return one.slice(0, end);
}
