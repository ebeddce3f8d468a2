import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';

/**
 * Runs dependency-cruiser over src and fails when it saw fewer files than there are: a cruiser that silently reads
 * nothing would otherwise pass every rule.
 */
const files = globSync('src/**/*.ts').length;
const json = cruise();
const { summary } = JSON.parse(json) as {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
};
for (const violation of summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
if (summary.totalCruised < files) {
  console.error(`dependency-cruiser read ${summary.totalCruised} modules, but src has ${files} files`);
}
process.exitCode = summary.violations.length > 0 || summary.totalCruised < files ? 1 : 0;

/** The cruiser exits non-zero on violations, yet prints the whole report all the same. */
function cruise(): string {
  try {
    return execFileSync('depcruise', ['src', '-T', 'json', '--config', '.dependency-cruiser.cjs'], {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}
