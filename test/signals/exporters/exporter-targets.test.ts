import { expect, it } from 'vitest';
import { ExporterTargets } from '../../../src/signals/exporters/exporter-targets.ts';
import { HandClock } from '../../support/hand-clock.ts';

it.each([
  ['http://127.0.0.1:9400', 'http://127.0.0.1:9400/metrics'],
  ['http://127.0.0.1:9400/', 'http://127.0.0.1:9400/metrics'],
  ['http://127.0.0.1:9400/metrics', 'http://127.0.0.1:9400/metrics'],
  ['http://127.0.0.1:9400/metrics/', 'http://127.0.0.1:9400/metrics'],
  ['http://127.0.0.1/node/7', 'http://127.0.0.1/node/7/metrics'],
  ['http://127.0.0.1/node/7/', 'http://127.0.0.1/node/7/metrics'],
  ['http://127.0.0.1/node/7/metrics', 'http://127.0.0.1/node/7/metrics'],
  ['http://127.0.0.1/my-metrics', 'http://127.0.0.1/my-metrics/metrics'],
])('finds the metrics of the exporter at %s', async (target, page) => {
  const { urls } = await new ExporterTargets([target], new HandClock()).urls();
  expect(urls.map(({ href }) => href)).toEqual([page]);
});
