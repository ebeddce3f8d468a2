import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineSplitter } from '../lines.ts';
import { startTool } from '../tool.ts';
import type { ToolExit, ToolRun } from '../tool.ts';
import { parseMessage } from './message.ts';
import type { ChildMessage } from './message.ts';
import { explainCode } from './return-codes.ts';

/** A sample of 16 GPUs with 100,000 processes is 3 MB. */
const longestMessage = 16 * 1_048_576;

/** The child reads numbers and writes them down, for ever: it needs next to no heap, no threads and no optimised code. */
const nodeFlags = ['--max-semi-space-size=1', '--max-old-space-size=64', '--v8-pool-size=0', '--no-opt', '--no-maglev', '--single-threaded', '--no-warnings', '--memory-saver-mode']; // prettier-ignore

interface ChildListener {
  readonly onMessage: (message: ChildMessage) => void;
  /** Something was printed that is no message. */
  readonly onNoise: () => void;
}

export interface Child extends ToolRun {
  /** Has it read the GPUs once. */
  askAt(nowMs: number): void;
  /** What it said on stderr last. */
  readonly complaint: string;
}

/** Starts the program that holds the library, by this very Node. */
export function startChild(nvmlPath: string, { onMessage, onNoise }: ChildListener): Child {
  const program = new URL(`./child${extname(import.meta.url)}`, import.meta.url);
  const splitter = new LineSplitter(
    (line) => {
      const message = parseMessage(line);
      if (message) onMessage(message);
      else if (line.trim() !== '') onNoise();
    },
    onNoise,
    longestMessage,
  );
  let complaint = '';
  const args = [...nodeFlags, fileURLToPath(program), nvmlPath];
  const run = startTool(process.execPath, args, {
    stdout: (chunk) => splitter.push(chunk),
    stderr: (chunk) => {
      complaint = (complaint + chunk).slice(-2_000);
    },
  });
  return {
    ...run,
    askAt: (nowMs) => run.say(`${nowMs}\n`),
    get complaint() {
      return complaint;
    },
  };
}

/** Says in one line why nothing can be read, from the child's last message; undefined where that is no failure. */
export function explainFailure(message: ChildMessage, nvmlPath: string): string | undefined {
  if (message.kind === 'unloadable') {
    return `"${nvmlPath.slice(0, 80)}" can't be loaded: ${message.reason.slice(0, 300)}; see --nvml-path`;
  }
  return message.kind === 'failure' ? `NVML ${message.call}: ${explainCode(message.code)}` : undefined;
}

/** Says in one line how the child ended without having said why. */
export function explainEnd(exit: ToolExit, complaint: string): string {
  const words = complaint.trim().replace(/\s+/g, ' ').slice(0, 300);
  const how = exit.error ? `could not be started: ${exit.error.message}` : exit.signal === null ? `ended with code ${exit.code ?? 'none'}` : `was ended by ${exit.signal}`; // prettier-ignore
  return `the process that holds NVML ${how}${words === '' ? '' : `: ${words}`}`;
}
