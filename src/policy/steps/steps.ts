import type { Step } from '../../domain/step.ts';
import { quoted } from '../parse.ts';
import type { Parse, Report } from '../parse.ts';
import { readStep } from './read-step.ts';
import { SyntaxProblem } from './scanner.ts';
import { describeConflict, describeNonsense } from './step-conflicts.ts';

const mostSteps = 20;

/**
 * Reads steps, `;` between them: `gpuUtilization > 70 for 2m: +1; gpuUtilization < 30 for 10m: -1`. Each that can't be
 * read is reported with the column and what was expected there; each that can never have an effect, with why.
 */
export const readSteps: Parse<readonly Step[]> = (text, report) => {
  const parts = splitAt(text).filter(({ part }) => part.trim() !== '');
  if (parts.length === 0) report(`${quoted(text)} names no step`);
  if (parts.length > mostSteps) report(`${parts.length} steps are more than the ${mostSteps} allowed`);
  if (parts.length === 0 || parts.length > mostSteps) return undefined;
  const steps = parts.map(({ part, column }, index) => readPart(part, column, (problem) => report(`step ${index + 1} ${problem}`))); // prettier-ignore
  if (!steps.every((step) => step !== undefined)) return undefined;
  const problems = findProblems(steps);
  for (const problem of problems) report(problem);
  return problems.length === 0 ? steps : undefined;
};

function splitAt(text: string): { part: string; column: number }[] {
  let column = 1;
  return text.split(';').map((part) => {
    const at = { part, column };
    column += part.length + 1;
    return at;
  });
}

function readPart(part: string, column: number, report: Report): Step | undefined {
  try {
    return readStep(part, column);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    report(`${quoted(part.trim())}: ${error.message}`);
    return undefined;
  }
}

/** Steps that make no sense by themselves, or else beside each other. */
function findProblems(steps: readonly Step[]): string[] {
  const name = (step: Step): string => `step ${steps.indexOf(step) + 1} ${quoted(step.text)}`;
  const nonsense = steps.flatMap((step) => problemOf(name(step), describeNonsense(step)));
  if (nonsense.length > 0) return nonsense;
  return steps.flatMap((step, index) =>
    steps.slice(0, index).flatMap((earlier) => {
      const later = problemOf(name(step), describeConflict(step, earlier));
      return later.length > 0 ? later : problemOf(name(earlier), describeConflict(earlier, step));
    }),
  );
}

function problemOf(name: string, problem: string | undefined): string[] {
  return problem === undefined ? [] : [`${name} ${problem}`];
}
