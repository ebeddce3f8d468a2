import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { NvidiaSmiReader } from '../../src/gpu/nvidia-smi/reader.ts';
import { NvmlReader } from '../../src/gpu/nvml/reader.ts';
import { SimulatedReader } from '../../src/gpu/simulated/reader.ts';
import { fakeGpu, fakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { buildMockNvml, hasCompiler, mockGpu, skippedWithoutCompiler } from '../support/mock-nvml.ts';
import { describeGpuReader } from './gpu-reader.ts';

describeGpuReader(
  'nvidia-smi',
  (test, settings) => {
    const smi = fakeNvidiaSmi(test);
    return {
      reader: new NvidiaSmiReader({ path: smi.path, needsProcesses: () => false, ...settings }),
      tell: (utilizations) =>
        smi.become({ gpus: utilizations.map((percent, position) => fakeGpu(position, { 'utilization.gpu': percent === undefined ? '[N/A]' : String(percent) })) }), // prettier-ignore
      driver: {
        fail: () => {
          smi.become({ behaviour: 'fails', exitCode: 9, message: 'no driver' });
          return 'the NVIDIA driver is not loaded';
        },
        hang: () => smi.become({ behaviour: 'hangs' }),
        exaggerate: () => smi.become({ gpus: [fakeGpu(0, { 'utilization.gpu': '400' })] }),
        babble: () => smi.become({ gpus: [fakeGpu(0)], noise: 'a line of noise' }),
      },
    };
  },
  true,
);

describe.skipIf(!hasCompiler)(`with a mock library${skippedWithoutCompiler}`, () => {
  describeGpuReader(
    'nvml',
    (test, settings) => {
      const nvml = buildMockNvml(test);
      return {
        reader: new NvmlReader({ nvmlPath: nvml.path, ...settings }),
        tell: (utilizations) =>
          nvml.become({ gpus: utilizations.map((percent, position) => mockGpu(position, { utilization: percent ?? '!3' })) }), // prettier-ignore
        driver: {
          fail: () => {
            nvml.become({ gpus: [], settings: { fail: 9, init: 9 } });
            return 'the NVIDIA driver is not loaded';
          },
          hang: () => nvml.become({ gpus: [mockGpu(0)], settings: { hang: 1 } }),
          exaggerate: () => nvml.become({ gpus: [mockGpu(0, { utilization: 400 })] }),
          babble: () => nvml.become({ gpus: [mockGpu(0)], settings: { print: 'a library that prints' } }),
        },
      };
    },
    true,
  );
});

describeGpuReader(
  'simulated',
  (test, settings) => {
    const folder = mkdtempSync(join(tmpdir(), 'pilotlight-'));
    test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const loadFile = join(folder, 'load.json');
    return {
      reader: new SimulatedReader({ gpus: 3, model: 'Tesla T4', seed: 1, loadFile, ...settings }),
      tell: (utilizations) => {
        const loads = utilizations.map((percent = 0) => ({ utilizationRatio: percent / 100 }));
        writeFileSync(loadFile, JSON.stringify(Object.fromEntries(loads.entries())));
      },
    };
  },
  false,
);
