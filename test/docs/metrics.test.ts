import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Exposition } from '../../src/exporter/exposition.ts';
import { collectors } from '../../src/exporter/self-series.ts';
import { ScalerMetrics } from '../../src/scaler/http/metrics.ts';
import { scrapeOf } from '../support/exposition-text.ts';
import { HandClock } from '../support/hand-clock.ts';

const [, exporterPart = '', scalerPart = ''] = readFileSync('docs/metrics.md', 'utf8').split(
  /^## (?:Exporter|Scaler).*$/m,
);

function documented(part: string): string[] {
  return [...part.matchAll(/^\| `((?:pilotlight|process|DCGM)_\w+)`/gm)].map(([, name = '']) => name).sort();
}

function served(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name).sort();
}

it('docs/metrics.md has every metric of the exporter, and no other', () => {
  const settings = {
    clock: new HandClock(),
    nodeName: 'node-a',
    metricNames: 'both' as const,
    sampleIntervalMs: 1_000,
    hostIntervalMs: 15_000,
    collectors: new Set(collectors),
  };
  expect(documented(exporterPart)).toEqual(served(scrapeOf(new Exposition(settings))));
});

it('docs/metrics.md has every metric of the scaler, and no other', async () => {
  const metrics = new ScalerMetrics();
  metrics.exposeTriggers(() => [], new HandClock());
  expect(documented(scalerPart)).toEqual(served(await metrics.render()));
});
