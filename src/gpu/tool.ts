import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';

/** How a process ended; `error` where it never began. */
export interface ToolExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error?: NodeJS.ErrnoException;
}

export interface ToolRun {
  /** Resolves when the process is gone and its output is read to the end; a process stuck in the driver may never be. */
  readonly ended: Promise<ToolExit>;
  kill(): void;
  /** Writes to its stdin; nothing happens where it is gone. */
  say(text: string): void;
}

/**
 * Starts a program without a shell and hands over what it prints, stdout and stderr apart, as it comes. The program is
 * killed when this process ends in any way that lets it: should it be killed itself, the broken pipe ends the program at
 * its next line.
 */
export function startTool(
  path: string,
  args: readonly string[],
  told: { stdout: (text: string) => void; stderr: (text: string) => void },
): ToolRun {
  const child = trySpawn(path, args);
  if (child instanceof Error) return neverBegan(child);
  child.stdout.setEncoding('utf8').on('data', told.stdout);
  child.stderr.setEncoding('utf8').on('data', told.stderr);
  // What is said to a process that is ending is lost, and that is no error of ours.
  child.stdin.on('error', () => undefined);
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const ended = new Promise<ToolExit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  void ended.then(() => process.off('exit', kill));
  return { ended, kill, say: (text) => child.stdin.write(text) };
}

/** Most errors are told by an event; a path that is no file, or a program that is just being replaced, throws. */
function trySpawn(path: string, args: readonly string[]): ChildProcessWithoutNullStreams | Error {
  try {
    return spawn(path, args, { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function neverBegan(error: Error): ToolRun {
  return { ended: Promise.resolve({ code: null, signal: null, error }), kill: () => undefined, say: () => undefined };
}
