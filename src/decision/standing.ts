import type { FreshReading, Reading } from '../domain/reading.ts';
import { isComplete } from '../domain/reading.ts';

/**
 * What a reading is good for. `complete`: all pods were heard, so it may lower a decision; `partial`: it may raise one
 * only; `nothing to tell`: all that could be heard were, and there is no number, because there is no pod or, for a latency,
 * because no request ended, so nothing is missing; `lost`: there should be a number and there is none.
 */
type Standing =
  | { readonly state: 'complete' | 'partial'; readonly reading: FreshReading }
  | { readonly state: 'nothing to tell' }
  | { readonly state: 'lost'; readonly reading: Reading | undefined };

/** @param reading undefined where the signal was never read */
export function standingOf(reading: Reading | undefined): Standing {
  if (reading?.state === 'fresh') return { state: isComplete(reading) ? 'complete' : 'partial', reading };
  if (reading?.state === 'absent' && isComplete(reading)) return { state: 'nothing to tell' };
  return { state: 'lost', reading };
}
