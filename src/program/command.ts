import { errorStack } from '../domain/error-text.ts';
import { describeOptions, readOptions, UsageError } from './options.ts';
import type { Option } from './options.ts';

/** A command that does something and ends. */
interface Command {
  readonly about: string;
  readonly options: Readonly<Record<string, Option<unknown>>>;
  /** What the words before the options are, where it takes any: `FILE…`. It needs one at least. */
  readonly operands?: string;
  /** Answers the exit code. `stop` is aborted at Ctrl-C. */
  readonly run: (options: never, stop: AbortSignal, operands: readonly string[]) => Promise<number>;
}

interface CommandTable {
  /** How the program is called: `npm run pilotlight --`. */
  readonly usage: string;
  readonly commands: Readonly<Record<string, Command>>;
}

const usageExitCode = 2;

/** Runs the command that the first word of the command line names, and exits with its code; 2 where it can't be read. */
export async function runCommand({ usage, commands }: CommandTable): Promise<void> {
  const [name = '', ...argv] = process.argv.slice(2);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const isHelp = name === '' || name === '--help' || name === '-h';
    const list = Object.entries(commands).map(([word, { about }]) => `  ${word.padEnd(10)} ${about}`);
    const text = [`Usage: ${usage} COMMAND [options]`, '', ...list, ''].join('\n');
    if (isHelp) process.stdout.write(text);
    else process.stderr.write(`unknown command "${name}"\n\n${text}`);
    process.exitCode = isHelp ? 0 : usageExitCode;
    return;
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    const words = [usage, name, command.operands, '[options]'].filter((word) => word !== undefined);
    process.stdout.write(describeOptions(words.join(' '), command.about, command.options));
    return;
  }
  await execute(command, argv);
}

async function execute(command: Command, argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    const { operands, rest } = takeOperands(command, argv);
    process.exitCode = await command.run(
      readOptions(command.options, rest, process.env) as never,
      stop.signal,
      operands,
    );
  } catch (error) {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`${isUsage ? error.message : errorStack(error)}\n`);
    process.exitCode = isUsage ? usageExitCode : 1;
  }
}

/** The words before the first flag. Throws UsageError where the command needs some and there are none. */
function takeOperands({ operands }: Command, argv: readonly string[]): { operands: string[]; rest: readonly string[] } {
  if (operands === undefined) return { operands: [], rest: argv };
  const firstFlag = argv.findIndex((word) => word.startsWith('-'));
  const count = firstFlag === -1 ? argv.length : firstFlag;
  if (count === 0) throw new UsageError(`${operands} is missing; see --help`);
  return { operands: argv.slice(0, count), rest: argv.slice(count) };
}
