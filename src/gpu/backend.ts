import type { BackendName } from './reader.ts';
import { ask } from './nvidia-smi/ask.ts';

/** What an operator may ask for. */
export const backendChoices = ['auto', 'nvidia-smi', 'simulated'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** How long nvidia-smi may take to tell its options; it does that without waking a GPU. */
const probePatienceMs = 5_000;

/**
 * Settles which backend reads, and says why. `auto` never means `simulated`: made-up figures must not scale anything
 * real, so a node whose nvidia-smi does not answer is one that is tried again and again.
 */
export async function chooseBackend(
  choice: BackendChoice,
  nvidiaSmiPath: string,
): Promise<{ readonly backend: BackendName; readonly why: string }> {
  if (choice !== 'auto') return { backend: choice, why: `--backend ${choice}` };
  const answer = await ask(nvidiaSmiPath, ['--help-query-gpu'], probePatienceMs, new AbortController().signal);
  const why = answer.ok
    ? 'nvidia-smi answers'
    : `the only backend for real GPUs, though ${answer.reason}; it is tried again until it answers`;
  return { backend: 'nvidia-smi', why };
}
