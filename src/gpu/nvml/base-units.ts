import { rejectMoreThanTotal } from '../rejections.ts';
import type { RejectedValue, RejectionReason } from '../rejections.ts';
import { scales } from './figures.ts';
import type { FigureName, Scale } from './figures.ts';
import type { RawFigures } from './message.ts';

export type Figures = Partial<Record<FigureName, number>>;

/** Figures in base units; those that can't be true are left out and added to `rejected`. */
export function toBaseUnits(raw: RawFigures, rejected: RejectedValue[]): Figures {
  const figures: Figures = {};
  for (const [field, written] of Object.entries(raw)) {
    const scale = scales.get(field);
    const value = scale ? scaled(written, scale) : 'unreadable';
    if (typeof value === 'number') figures[field as FigureName] = value;
    else rejected.push({ field: scale ? field : 'unknown', reason: value });
  }
  rejected.push(...rejectMoreThanTotal(figures));
  return figures;
}

/** Why, for what can't be true. Divided, not multiplied, so that 29 % is 0.29. */
function scaled(written: unknown, scale: Scale): number | RejectionReason {
  if (typeof written !== 'number' || !Number.isFinite(written)) return 'unreadable';
  const { times = 1, dividedBy = 1, min = 0, max = Number.MAX_SAFE_INTEGER, slack = 0 } = scale;
  const value = (written * times) / dividedBy;
  return value >= min && value <= max + slack ? Math.min(value, max) : 'out-of-range';
}
