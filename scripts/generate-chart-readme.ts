import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { withValuesTable } from './chart-readme.ts';

/** Writes the table of values in the chart's README. */
const path = 'charts/pilotlight/README.md';
const readme = withValuesTable(readFileSync(path, 'utf8'), readFileSync('charts/pilotlight/values.yaml', 'utf8'));
writeFileSync(path, await format(readme, { ...(await resolveConfig(path)), filepath: path }));
