import { listReasons } from '../reasons.ts';
import type { Measurement } from '../source.ts';
import type { PodValue } from './pod-value.ts';

/** The sum of what the pods said. Those of which nothing is known lower the coverage, and the note says why. */
export function measureSum(values: readonly PodValue[]): Measurement {
  const known = values.filter((value) => value.state === 'known');
  const reasons = values.flatMap((value) => (value.state === 'unknown' ? [value.reason] : []));
  const coverage = { heard: known.length, expected: values.length };
  if (values.length === 0) return { state: 'absent', reason: 'no ready pods', coverage };
  if (known.length === 0) return { state: 'absent', reason: listReasons(reasons), coverage };
  const value = known.reduce((total, part) => total + part.value, 0);
  if (reasons.length === 0) return { state: 'measured', value, coverage };
  const note = `heard ${known.length} of ${values.length} pods: ${listReasons(reasons)}`;
  return { state: 'measured', value, coverage, note };
}
