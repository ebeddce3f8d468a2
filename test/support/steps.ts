import type { Step } from '../../src/domain/step.ts';
import { readSteps } from '../../src/policy/steps/steps.ts';

/** Steps as a user writes them. */
export function stepsOf(text: string): readonly Step[] {
  const problems: string[] = [];
  const steps = readSteps(text, (problem) => problems.push(problem));
  if (!steps) throw new Error(problems.join('\n'));
  return steps;
}
