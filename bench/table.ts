import { figureRow } from './figure.ts';
import type { Figure } from './figure.ts';

const widths = [28, 8, 10, 7];

export function printHeading(): void {
  console.log(line(['figure', 'value', 'unit', 'goal', 'met']));
}

export function printFigure(figure: Figure): void {
  const row = figureRow(figure);
  const met = `${row.met ? 'yes' : 'NO'}${figure.note ? `   (${figure.note})` : ''}`;
  console.log(line([row.figure, String(row.value), row.unit, row.goal, met]));
}

function line(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' · ');
}
