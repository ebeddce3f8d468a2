import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePmonHeader, parsePmonRow } from '../../../../src/gpu/nvidia-smi/processes/pmon.ts';
import { PmonLoop } from '../../../../src/gpu/nvidia-smi/processes/pmon-loop.ts';
import type { ProcessSample } from '../../../../src/gpu/nvidia-smi/processes/pmon-loop.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const recorded = readFileSync('test/captures/h100-580-pmon.txt', 'utf8');
const header = '# gpu         pid   type     sm    mem    enc    dec    jpg    ofa     fb   ccpm    command ';
const columns = parsePmonHeader(header)!;

describe('parsePmonHeader', () => {
  it('finds columns by name, which older drivers have fewer of', () => {
    expect(columns).toEqual({ gpu: 0, pid: 1, sm: 3, fb: 9 });
    expect(parsePmonHeader('# gpu        pid  type    sm   mem   enc   dec   command')).toEqual({ gpu: 0, pid: 1, sm: 3 }); // prettier-ignore
    expect(parsePmonHeader('#Time        gpu        pid  type    sm    fb   command')).toEqual({ gpu: 1, pid: 2, sm: 4, fb: 5 }); // prettier-ignore
  });

  it.each([
    '# Idx           #    C/G      %      %',
    '    0        588     C     98',
    '',
    'Failed to initialize NVML: Unknown Error',
  ])(
    // prettier-ignore
    'takes %j for no header',
    (line) => {
      expect(parsePmonHeader(line)).toBeUndefined();
    },
  );
});

describe('parsePmonRow', () => {
  it.each([
    ['a busy process', '    0        588     C     98     33      -      -      -      -  11076      0    python3 -m x', { pid: 588, smRatio: 0.98, memoryBytes: 11_076 * 1_048_576 }], // prettier-ignore
    ['one without a sample', '    0        665   M+C      -      -      -      -      -      -   4932      0    python3', { pid: 665, memoryBytes: 4_932 * 1_048_576 }], // prettier-ignore
    ['one of unknown memory', '    0        665     C      5      -      -      -      -      -      -      0    python3', { pid: 665, smRatio: 0.05 }], // prettier-ignore
  ])('reads %s', (_, line, process) => {
    expect(parsePmonRow(line, columns)).toEqual({ gpuIndex: 0, process, rejectedValues: [] });
  });

  it('reads a GPU without processes', () => {
    const line = '    3          -     -      -      -      -      -      -      -      -      -    -';
    expect(parsePmonRow(line, columns)).toEqual({ gpuIndex: 3, rejectedValues: [] });
  });

  it('throws away what can not be true, and keeps the process', () => {
    const row = parsePmonRow('    0  588     C    400     33      -      -      -      -  lots      0    x', columns);
    expect(row).toEqual({
      gpuIndex: 0,
      process: { pid: 588 },
      rejectedValues: [
        { field: 'processSmUtilizationRatio', reason: 'out-of-range' },
        { field: 'processMemoryUsedBytes', reason: 'unreadable' },
      ],
    });
  });

  it('never throws, and never makes a ratio beyond its bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer().map(String)), { maxLength: 14 }), (cells) => {
        const { smRatio = 0, memoryBytes = 0 } = parsePmonRow(cells.join(' '), columns)?.process ?? {};
        return smRatio >= 0 && smRatio <= 1 && memoryBytes >= 0;
      }),
    );
    fc.assert(fc.property(fc.string(), (line) => parsePmonHeader(line) === undefined || line.startsWith('#')));
  });
});

describe('PmonLoop', () => {
  function listen(): { clock: HandClock; loop: PmonLoop; samples: ProcessSample[]; silences: string[] } {
    const clock = new HandClock(1_000_000);
    const [samples, silences]: [ProcessSample[], string[]] = [[], []];
    const loop = new PmonLoop({ clock, patienceMs: 5_000, onSample: (sample) => samples.push(sample), onSilence: (reason) => silences.push(reason) }); // prettier-ignore
    return { clock, loop, samples, silences };
  }
  const pids = ({ byGpu }: ProcessSample): [number, number[]][] => [...byGpu].map(([gpu, own]) => [gpu, own.map(({ pid }) => pid)]); // prettier-ignore
  const row = (gpu: number, pid: number | '-'): string =>
    `    ${gpu}   ${pid}   C   -   -   -   -   -   -   5   0   x\n`;

  it('reads a recording of an H100, whose three moments came at once', async () => {
    const { clock, loop, samples } = listen();
    loop.push(recorded);
    expect(samples).toHaveLength(2);
    await clock.advance(300);
    expect(samples.map(pids)).toEqual(Array(3).fill([[0, [588, 665]]]));
    expect(samples[0]?.byGpu.get(0)?.[0]).toEqual({ pid: 588, smRatio: 0.98, memoryBytes: 11_076 * 1_048_576 });
  });

  it('tells GPUs without processes as that, and GPUs that pmon does not watch not at all', async () => {
    const { clock, loop, samples } = listen();
    loop.push(`${header}\n${row(0, '-')}${row(1, 7)}${row(1, 8)}${row(2, '-')}`);
    await clock.advance(300);
    expect(samples.map(pids)).toEqual([[[0, []], [1, [7, 8]], [2, []]]]); // prettier-ignore
  });

  it('ends a moment when a GPU, a process or an idle GPU comes again', () => {
    const { loop, samples } = listen();
    loop.push(`${header}\n${row(0, '-')}${row(1, 7)}${row(0, '-')}${row(1, 7)}${row(1, 7)}`);
    expect(samples.map(pids)).toEqual([[[0, []], [1, [7]]], [[0, []], [1, [7]]]]); // prettier-ignore
    const single = listen();
    single.loop.push(`${header}\n${row(0, '-')}${row(0, '-')}${row(0, 5)}${row(0, '-')}`);
    expect(single.samples.map(pids)).toEqual([[[0, []]], [[0, []]], [[0, [5]]]]);
  });

  it('says that nothing comes, keeps the last words, and leaves no timer', async () => {
    const { clock, loop, samples, silences } = listen();
    loop.push('Failed to initialize NVML: Driver/library version mismatch\n');
    await clock.advance(5_000);
    expect(silences).toEqual(['nothing from nvidia-smi pmon for 5 s']);
    expect(loop.lastWords).toContain('mismatch');
    expect(samples).toEqual([]);
    loop.push(`${header}\n${row(0, 5)}`);
    loop.close();
    expect(clock.pending).toBe(0);
  });

  it('makes the same of the output however it is cut', async () => {
    const whole = listen();
    whole.loop.push(recorded);
    await whole.clock.advance(300);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 9 }), async (sizes) => {
        const cut = listen();
        let rest = recorded.replaceAll('\n', '\r\n');
        for (let at = 0; rest !== ''; at += 1) {
          cut.loop.push(rest.slice(0, sizes[at % sizes.length]));
          rest = rest.slice(sizes[at % sizes.length]);
        }
        await cut.clock.advance(300);
        expect(cut.samples).toEqual(whole.samples);
      }),
      { numRuns: 30 },
    );
  });
});
