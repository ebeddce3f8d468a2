import { errorStack } from '../domain/error-text.ts';
import { PortError } from '../domain/port-error.ts';
import { describeOptions, readOptions, UsageError } from './options.ts';
import type { Option } from './options.ts';

/** A program that runs until it is stopped. */
export interface RunningProgram {
  /** Ends it in good order. Called once, at SIGTERM or SIGINT. */
  stop(): Promise<void>;
}

interface ProgramDefinition<T> {
  /** How it is called: `npm run exporter --`. */
  readonly usage: string;
  readonly about: string;
  readonly options: Readonly<Record<string, Option<unknown>>>;
  readonly start: (options: T) => Promise<RunningProgram>;
}

/** Exit code of a command line that can't be read. */
const usageExitCode = 2;
/** How long a program may take to stop before it is ended. */
const stopGraceMs = 20_000;

/**
 * Runs a long-running program: reads its options from the command line and the environment, starts it, and stops it in
 * good order at SIGTERM or SIGINT. Exits 2 with one line on a bad option, 1 when the start fails, 0 after a stop.
 */
export async function runProgram<T>(program: ProgramDefinition<T>): Promise<void> {
  const argv = process.argv.slice(2);
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(describeOptions(program.usage, program.about, program.options));
    return;
  }
  const running = await startProgram(program, argv);
  if (!running) return;
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), stopGraceMs).unref();
    void running.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error, 1),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

async function startProgram<T>(program: ProgramDefinition<T>, argv: string[]): Promise<RunningProgram | undefined> {
  try {
    return await program.start(readOptions(program.options, argv, process.env) as T);
  } catch (error) {
    fail(error, error instanceof UsageError ? usageExitCode : 1);
    return undefined;
  }
}

function fail(error: unknown, exitCode: number): void {
  process.stderr.write(`${describe(error)}\n`, () => process.exit(exitCode));
}

/** One sentence where the operator can mend it; else all there is to know. */
function describe(error: unknown): string {
  if (error instanceof UsageError || error instanceof PortError) return error.message;
  return errorStack(error);
}
