import { describe } from 'vitest';
import { NvidiaSmiReader } from '../../src/gpu/nvidia-smi/reader.ts';
import { NvmlReader } from '../../src/gpu/nvml/reader.ts';
import { systemClock } from '../../src/program/system-clock.ts';
import { fakeGpu, fakeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { buildMockNvml, hasCompiler, mockGpu, skippedWithoutCompiler } from '../support/mock-nvml.ts';
import { describeGpuDetails } from './gpu-details.ts';

const settings = { intervalMs: 200, clock: systemClock };
const mebibyte = 1_048_576;

describeGpuDetails('nvidia-smi', (test) => {
  const smi = fakeNvidiaSmi(test);
  return {
    reader: new NvidiaSmiReader({ path: smi.path, needsProcesses: () => true, ...settings }),
    show({ processes, slices }) {
      const cut = slices.length > 0;
      const own = cut
        ? slices.map(({ gi }) => ({ pid: gi, gi, sm: '-', mebibytes: '100' }))
        : processes.map(({ pid, mebibytes = '-', percent }) => ({ pid, mebibytes: String(mebibytes), sm: percent === 0 ? '-' : String(percent) })); // prettier-ignore
      smi.become({
        gpus: [fakeGpu(0, { minor: '5', 'memory.total': '40960', ...(cut ? { 'mig.mode.current': 'Enabled', 'utilization.gpu': '[N/A]' } : { 'utilization.gpu': '50' }) })], // prettier-ignore
        processes: [own],
        slices: [slices.map(({ uuid, gi, mebibytes }) => ({ uuid, gi, profile: '1g.10gb', usedMebibytes: mebibytes, totalMebibytes: 10_000 }))], // prettier-ignore
      });
    },
  };
});

describe.skipIf(!hasCompiler)(`with a mock library${skippedWithoutCompiler}`, () => {
  describeGpuDetails('nvml', (test) => {
    const nvml = buildMockNvml(test);
    return {
      reader: new NvmlReader({ nvmlPath: nvml.path, ...settings }),
      show({ processes, slices }) {
        const cut = slices.length > 0;
        nvml.become({
          gpus: [
            mockGpu(0, { minor: 5, mig: cut ? 1 : 0, utilization: cut ? '!3' : 50, total: 40_960 * mebibyte }, {
              processes: processes.map(({ pid, mebibytes = 0, percent }) => ({ pid, bytes: mebibytes * mebibyte, smPercent: percent })),
              slices: slices.map(({ uuid, gi, mebibytes }) => ({
                uuid,
                values: { name: 'NVIDIA H100 MIG 1g.10gb', gi, ci: 0, used: mebibytes * mebibyte, total: 10_000 * mebibyte },
                processes: [{ pid: gi, bytes: 100 * mebibyte, smPercent: 0 }],
              })),
            }),
          ],
        }); // prettier-ignore
      },
    };
  });
});
