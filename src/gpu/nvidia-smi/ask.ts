import { explainExit } from './explain-exit.ts';
import { startTool } from '../tool.ts';

/** More than any one-off answer: eight GPUs make half a megabyte of XML. */
const longestAnswer = 16 * 1_048_576;

export type Answer =
  | { readonly ok: true; readonly text: string }
  | {
      readonly ok: false;
      readonly reason: string;
      /** Resolves when the process is gone. */
      readonly gone: Promise<void>;
    };

/**
 * Runs nvidia-smi once and returns what it printed. Never rejects. One that has not ended after `patienceMs` is killed;
 * it may outlive that while it hangs in the driver, so start no other before `gone`.
 */
export async function ask(
  path: string,
  args: readonly string[],
  patienceMs: number,
  stop: AbortSignal,
): Promise<Answer> {
  let text = '';
  let complaint = '';
  const run = startTool(path, args, {
    stdout: (chunk) => {
      if (text.length < longestAnswer) text += chunk;
    },
    stderr: (chunk) => {
      complaint = (complaint + chunk).slice(-2_000);
    },
  });
  const limit = AbortSignal.any([stop, AbortSignal.timeout(patienceMs)]);
  const gaveUp = new Promise<undefined>((resolve) => {
    limit.addEventListener('abort', () => resolve(undefined));
    if (limit.aborted) resolve(undefined);
  });
  const exit = await Promise.race([run.ended, gaveUp]);
  if (exit?.code === 0) return { ok: true, text };
  run.kill();
  const reason = exit ? explainExit(exit, path, complaint || text.slice(-2_000)) : `nvidia-smi ${args[0] ?? ''} did not end within ${patienceMs / 1_000} s`; // prettier-ignore
  return { ok: false, reason, gone: run.ended.then(() => undefined) };
}
