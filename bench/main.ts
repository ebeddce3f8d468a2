import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';
import { figureRow } from './figure.ts';
import type { Figure } from './figure.ts';
import { buildPrograms } from './program.ts';
import { printFigure, printHeading } from './table.ts';

/**
 * `npm run bench` measures every figure; `-- --only NAME` one of them, or with a prefix that ends in a dot a group;
 * `-- --json FILE` writes the rows as JSON.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'string' } } });
const chosen = benchmarks.filter(
  ({ figures, onlyWhenAsked }) =>
    figures.some((name) => isWanted(name, values.only)) && (!onlyWhenAsked || isAsked(figures)),
);
if (chosen.length === 0) {
  console.error(
    `no figure "${values.only ?? ''}"; there are ${benchmarks.flatMap(({ figures }) => figures).join(', ')}`,
  );
  process.exit(2);
}

buildPrograms();
const measured: Figure[] = [];
printHeading();
for (const benchmark of chosen) {
  for (const figure of await benchmark.run(isAsked(benchmark.figures))) {
    if (!isWanted(figure.figure, values.only)) continue;
    measured.push(figure);
    printFigure(figure);
  }
}
if (values.json) writeFileSync(values.json, `${JSON.stringify(measured.map(figureRow), null, 2)}\n`);
process.exit(0);

function isAsked(figures: readonly string[]): boolean {
  return values.only !== undefined && figures.includes(values.only);
}

function isWanted(name: string, only: string | undefined): boolean {
  return only === undefined || name === only || (only.endsWith('.') && name.startsWith(only));
}
