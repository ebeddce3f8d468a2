import { ask } from './nvidia-smi/ask.ts';
import { probeNvml } from './nvml/probe.ts';
import type { BackendName } from './reader.ts';

/** What an operator may ask for. */
export const backendChoices = ['auto', 'nvml', 'nvidia-smi', 'simulated'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** How long a library may take to load, and nvidia-smi to tell its options: neither wakes a GPU, but a node that starts is busy, and what is chosen stays. */
const probePatienceMs = 20_000;

interface Paths {
  readonly nvmlPath: string;
  readonly nvidiaSmiPath: string;
}

/**
 * Settles which backend reads, and says why. `auto` takes NVML where its library loads, and nvidia-smi else. It never means
 * `simulated`: made-up figures must not scale anything real, so a node where neither answers is one that is tried again and
 * again.
 */
export async function chooseBackend(
  choice: BackendChoice,
  { nvmlPath, nvidiaSmiPath }: Paths,
): Promise<{ readonly backend: BackendName; readonly why: string }> {
  if (choice !== 'auto') return { backend: choice, why: `--backend ${choice}` };
  const lack = await probeNvml(nvmlPath, probePatienceMs);
  if (lack === undefined) return { backend: 'nvml', why: `"${nvmlPath}" loads` };
  const answer = await ask(nvidiaSmiPath, ['--help-query-gpu'], probePatienceMs, new AbortController().signal);
  const why = answer.ok ? 'nvidia-smi answers' : `it is tried again until it answers, though ${answer.reason}`;
  return { backend: 'nvidia-smi', why: `${why}; ${lack}` };
}
