/** What a figure is to be held against. */
type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** One measured number with its goal. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly goal: Goal;
  /** What it was measured against or under, where the name does not say. */
  readonly note?: string;
}

/** One run that measures one or several figures. */
export interface Benchmark {
  /** Names of the figures it gives; `--only` picks benchmarks by these. */
  readonly figures: readonly string[];
  /** Too long for a run that measures everything. */
  readonly onlyWhenAsked?: boolean;
  /** @param asked one of its figures was asked for by its full name, so it may take its time */
  run(asked: boolean): Promise<readonly Figure[]>;
}

function isMet(figure: Figure): boolean {
  return 'atLeast' in figure.goal ? figure.value >= figure.goal.atLeast : figure.value <= figure.goal.atMost;
}

/** `≥ 0.7` or `≤ 5`. */
function showGoal(goal: Goal): string {
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

/** The row that `--json` writes. */
export function figureRow(figure: Figure): { figure: string; value: number; unit: string; goal: string; met: boolean } {
  const value = Number(figure.value.toPrecision(4));
  return { figure: figure.figure, value, unit: figure.unit, goal: showGoal(figure.goal), met: isMet(figure) };
}
