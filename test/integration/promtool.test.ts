import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// promtool comes with Debian's package prometheus.

/** `modelName` and the counters’ names are dcgm-exporter’s, by which existing dashboards know them. */
const nvidiasOwn =
  /^DCGM_\w+ (?:label names should be written in .snake_case. not .camelCase.|counter metrics should have "_total" suffix|metric name should not include type .counter.)$/;

it.each(globSync('test/golden/*.metrics').sort())('promtool has nothing against %s', (path) => {
  const input = readFileSync(path, 'utf8').replaceAll('(differs)', '1');
  const { stdout, stderr, error } = spawnSync('promtool', ['check', 'metrics'], { input, encoding: 'utf8' });
  expect(error, 'promtool of the Debian package prometheus').toBeUndefined();
  const complaints = `${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !nvidiasOwn.test(line));
  expect(complaints).toEqual([]);
});

it('promtool does look at what it is given', () => {
  const { status } = spawnSync('promtool', ['check', 'metrics'], { input: '# TYPE x counter\nx 1\n', encoding: 'utf8' }); // prettier-ignore
  expect(status).not.toBe(0);
});
