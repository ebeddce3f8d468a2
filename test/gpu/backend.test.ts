import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/gpu/backend.ts';
import { fakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { buildMockNvml, hasCompiler, skippedWithoutCompiler } from '../support/mock-nvml.ts';

const nvmlPath = '/nowhere/libnvidia-ml.so.1';
const noLibrary = /"\/nowhere\/libnvidia-ml.so.1" can't be loaded: .*; see --nvml-path$/;

describe('chooseBackend', () => {
  it.for(['nvml', 'nvidia-smi', 'simulated'] as const)(
    'takes %s where it was asked for, without a question',
    async (choice) => {
      const paths = { nvmlPath, nvidiaSmiPath: '/nowhere/nvidia-smi' };
      expect(await chooseBackend(choice, paths)).toEqual({ backend: choice, why: `--backend ${choice}` });
    },
  );

  it.skipIf(!hasCompiler)(
    `takes NVML where its library loads, with a driver or without${skippedWithoutCompiler}`,
    async (test) => {
      const { path } = buildMockNvml(test, { gpus: [], settings: { init: 9 } });
      const chosen = await chooseBackend('auto', { nvmlPath: path, nvidiaSmiPath: fakeNvidiaSmi(test).path });
      expect(chosen).toEqual({ backend: 'nvml', why: `"${path}" loads` });
    },
  );

  it('takes nvidia-smi where it answers and there is no NVML, and says so', async (test) => {
    const { backend, why } = await chooseBackend('auto', { nvmlPath, nvidiaSmiPath: fakeNvidiaSmi(test).path });
    expect(backend).toBe('nvidia-smi');
    expect(why).toMatch(/^nvidia-smi answers; /);
    expect(why).toMatch(noLibrary);
  });

  it('never simulates by itself: it says that neither answers, and stays with nvidia-smi', async () => {
    const { backend, why } = await chooseBackend('auto', { nvmlPath, nvidiaSmiPath: '/nowhere/nvidia-smi' });
    expect(backend).toBe('nvidia-smi');
    expect(why).toContain('it is tried again until it answers, though no nvidia-smi at "/nowhere/nvidia-smi"; see --nvidia-smi-path'); // prettier-ignore
    expect(why).toMatch(noLibrary);
  });
});
