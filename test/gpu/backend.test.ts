import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/gpu/backend.ts';
import { fakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';

describe('chooseBackend', () => {
  it('takes what was asked for, without a question', async () => {
    expect(await chooseBackend('simulated', '/nowhere')).toEqual({ backend: 'simulated', why: '--backend simulated' });
    expect(await chooseBackend('nvidia-smi', '/nowhere')).toEqual({
      backend: 'nvidia-smi',
      why: '--backend nvidia-smi',
    });
  });

  it('takes nvidia-smi where it answers', async (test) => {
    expect(await chooseBackend('auto', fakeNvidiaSmi(test).path)).toEqual({
      backend: 'nvidia-smi',
      why: 'nvidia-smi answers',
    });
  });

  it('never simulates by itself: it says that nvidia-smi does not answer, and stays with it', async () => {
    expect(await chooseBackend('auto', '/nowhere/nvidia-smi')).toEqual({
      backend: 'nvidia-smi',
      why: 'the only backend for real GPUs, though no nvidia-smi at "/nowhere/nvidia-smi"; see --nvidia-smi-path; it is tried again until it answers',
    });
  });
});
