/** Why a value can't be true: it can't be read, is none that the quantity can have, or is a part that is more than its whole. */
export type RejectionReason = 'unreadable' | 'out-of-range' | 'more-than-total';

/** A single value that was thrown away: a utilization of 400 %, more memory used than there is. */
export interface RejectedValue {
  /** As the field of a GPU is called: `utilizationRatio`. */
  readonly field: string;
  readonly reason: RejectionReason;
}

/** What a reader threw away since its last event, because it could not be true. */
export interface Rejections {
  /** Lines that were not what was asked for, and devices that the driver counts and does not show. */
  readonly lines: number;
  readonly values: readonly RejectedValue[];
}

export const nothingRejected: Rejections = { lines: 0, values: [] };

/** Memory as it is read, before it is believed. */
interface Memory {
  memoryUsedBytes?: number;
  memoryReservedBytes?: number;
  memoryTotalBytes?: number;
}

/** Takes out of `memory` what is more than the whole, and answers what that was. */
export function rejectMoreThanTotal(memory: Memory): RejectedValue[] {
  const { memoryTotalBytes = Infinity } = memory;
  const rejected: RejectedValue[] = [];
  for (const field of ['memoryUsedBytes', 'memoryReservedBytes'] as const) {
    if ((memory[field] ?? 0) <= memoryTotalBytes) continue;
    Reflect.deleteProperty(memory, field);
    rejected.push({ field, reason: 'more-than-total' });
  }
  return rejected;
}
