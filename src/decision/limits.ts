import type { Bid, RuleName } from '../domain/decision.ts';
import { fold } from './fold.ts';

/** Rules whose numbers are estimates, good within what the HPA tolerates. */
const estimates: ReadonlySet<RuleName> = new Set(['load', 'hold']);

interface Limits {
  /** Whole replicas. */
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * Between what the replicas have to come to be exactly: the floors as far as they were granted, and the lowest ceiling
 * that was not overruled.
 */
export function limitsOf(higher: readonly Bid[], lowest: Bid, required: number): Limits {
  const exact = higher.filter(({ rule }) => !estimates.has(rule));
  const ceilings = higher.map(({ atMost = Infinity }) => atMost).filter((atMost) => atMost >= required);
  return { atLeast: Math.ceil(fold(exact, lowest).required), atMost: Math.min(...ceilings) };
}
