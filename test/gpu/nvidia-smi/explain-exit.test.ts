import { describe, expect, it } from 'vitest';
import { explainExit, isAccessDenied } from '../../../src/gpu/nvidia-smi/explain-exit.ts';

const exit = (code: number | null, signal: string | null = null): { code: number | null; signal: string | null } => ({ code, signal }); // prettier-ignore
const failed = (code: string): Error => Object.assign(new Error(`spawn ${code}`), { code });

describe('explainExit', () => {
  it.each([
    [
      exit(9),
      "NVIDIA-SMI has failed because it couldn't communicate\nwith the driver.\n",
      "nvidia-smi ended with code 9 (the NVIDIA driver is not loaded): NVIDIA-SMI has failed because it couldn't communicate with the driver.",
    ],
    [
      exit(2),
      'Field "x" is not a valid field to query.',
      'nvidia-smi ended with code 2 (an argument is not valid for this version): Field "x" is not a valid field to query.',
    ],
    [exit(6), 'No devices were found', 'nvidia-smi ended with code 6 (no device found): No devices were found'],
    [exit(12), '', 'nvidia-smi ended with code 12 (the NVML library was not found)'],
    [exit(15), '', 'nvidia-smi ended with code 15 (a GPU has fallen off the bus or is lost)'],
    [exit(18), '', 'nvidia-smi ended with code 18 (driver and library versions do not match)'],
    [exit(255), '', 'nvidia-smi ended with code 255 (an unknown error inside the driver)'],
    [exit(77), 'hm', 'nvidia-smi ended with code 77: hm'],
    [exit(0), '', 'nvidia-smi ended with code 0'],
    [exit(null, 'SIGSEGV'), '', 'nvidia-smi was ended by SIGSEGV'],
  ])('%j with %j', (how, said, text) => {
    expect(explainExit(how, 'nvidia-smi', said)).toBe(text);
  });

  it('names the executable that is not there, cut to a length', () => {
    const path = `/opt/${'n'.repeat(200)}`;
    const text = explainExit({ ...exit(null), error: failed('ENOENT') }, path, '');
    expect(text).toBe(`no nvidia-smi at "${path.slice(0, 80)}"; see --nvidia-smi-path`);
  });

  it('says why it could not be started', () => {
    expect(explainExit({ ...exit(null), error: failed('EACCES') }, '/x', '')).toBe(
      '"/x" may not be executed; see --nvidia-smi-path',
    );
    expect(explainExit({ ...exit(null), error: failed('EAGAIN') }, '/x', '')).toBe(
      'nvidia-smi could not be started: spawn EAGAIN',
    );
  });

  it('quotes no more than a little of what was said', () => {
    expect(explainExit(exit(1), 'x', 'y'.repeat(5_000)).length).toBeLessThan(400);
  });
});

describe('isAccessDenied', () => {
  it.each([
    [
      'nvidia-smi ended with code 255 (an unknown error inside the driver): Failed to initialize NVML: Unknown Error',
      true,
    ],
    ['Failed to initialize NVML: The operating system has blocked the request', true],
    ['Failed to initialize NVML: Driver/library version mismatch', false],
    ['Unable to determine the device handle for GPU0000:CB:00.0: Unknown Error', false],
    ["NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", false],
  ])('%s', (reason, denied) => {
    expect(isAccessDenied(reason)).toBe(denied);
  });
});
