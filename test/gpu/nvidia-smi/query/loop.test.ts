import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GpuSample } from '../../../../src/domain/gpu.ts';
import { SampleLoop } from '../../../../src/gpu/nvidia-smi/query/loop.ts';
import type { Rejections } from '../../../../src/gpu/rejections.ts';
import { HandClock } from '../../../support/hand-clock.ts';

const capture = readFileSync('test/captures/two-h100-and-mig.csv', 'utf8');
const [header = '', ...rows] = capture.trim().split('\n');

function listen(intervalMs = 1_000): {
  clock: HandClock;
  loop: SampleLoop;
  samples: { sample: GpuSample; rejected: Rejections }[];
  silences: string[];
  indexes: () => number[][];
} {
  const clock = new HandClock(1_000_000);
  const samples: { sample: GpuSample; rejected: Rejections }[] = [];
  const silences: string[] = [];
  const loop = new SampleLoop(clock, intervalMs, {
    onSample: (sample, rejected) => samples.push({ sample, rejected }),
    onSilence: (reason) => silences.push(reason),
  });
  const indexes = (): number[][] => samples.map(({ sample }) => sample.devices.map((device) => device.index));
  return { clock, loop, samples, silences, indexes };
}

describe('SampleLoop', () => {
  it('tells a sample as soon as every GPU that the driver counts was read', () => {
    const { loop, samples, indexes } = listen();
    loop.push(`${header}\n${rows.slice(0, 3).join('\n')}\n`);
    expect(samples).toEqual([]);
    loop.push(`${rows[3]}\n`);
    expect(indexes()).toEqual([[0, 1, 2, 3]]);
    expect(samples[0]?.sample).toMatchObject({ observedAtMs: 1_000_000, driverVersion: '590.48.01' });
    loop.push(`${rows.join('\n')}\n`);
    expect(indexes()).toHaveLength(2);
  });

  it('makes the same samples however the output is cut into chunks', () => {
    const whole = listen();
    whole.loop.push(`${capture}${rows.join('\n')}\n`);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const cut = listen();
        let rest = `${capture}${rows.join('\r\n')}\n`;
        for (let i = 0; rest !== ''; i += 1) {
          const size = sizes[i % sizes.length]!;
          cut.loop.push(rest.slice(0, size));
          rest = rest.slice(size);
        }
        expect(cut.samples).toEqual(whole.samples);
      }),
      { numRuns: 50 },
    );
  });

  it('does not tell half a line', async () => {
    const { loop, clock, samples } = listen();
    loop.push(`${header}\n${rows[0]?.slice(0, -3)}`);
    await clock.advance(3_000);
    expect(samples).toEqual([]);
  });

  it('ends an iteration in which a GPU is missing at the next silence', async () => {
    const { loop, clock, indexes, samples } = listen();
    loop.push(
      `${header}\n${rows[0]}\n${rows[1]}\nUnable to determine the device handle for GPU0000:5D:00.0: Unknown Error\n${rows[3]}\n`,
    );
    expect(indexes()).toEqual([]);
    await clock.advance(500);
    expect(indexes()).toEqual([[0, 1, 3]]);
    expect(samples[0]?.rejected).toEqual({ lines: 1, values: [] });
  });

  it('ends an iteration in which a GPU is missing when the next one begins', () => {
    const { loop, indexes } = listen();
    loop.push(`${header}\n${rows[0]}\n${rows[1]}\n${rows.join('\n')}\n`);
    expect(indexes()).toEqual([
      [0, 1],
      [0, 1, 2, 3],
    ]);
  });

  it('counts lines and values that can not be, once each', () => {
    const { loop, samples } = listen();
    loop.push(
      `${header}\n0, a, b\n${rows[0]?.replace(' 87,', ' 870,')}\n${rows.slice(1).join('\n')}\n${rows.join('\n')}\n`,
    );
    expect(samples.map(({ rejected }) => rejected)).toEqual([
      { lines: 1, values: [{ field: 'utilizationRatio', reason: 'out-of-range' }] },
      { lines: 0, values: [] },
    ]);
    expect(samples[0]?.sample.devices[0]).not.toHaveProperty('utilizationRatio');
  });

  it('drops a line without an end and reads on after it', () => {
    const { loop, samples, indexes } = listen();
    loop.push(`${header}\n`);
    for (let i = 0; i < 50; i += 1) loop.push('x'.repeat(10_000));
    loop.push(`tail\n${rows.join('\n')}\n`);
    expect(indexes()).toEqual([[0, 1, 2, 3]]);
    expect(samples[0]?.rejected.lines).toBe(1);
  });

  it('says that no sample comes: late at first, for the driver may have to wake its GPUs, then after three intervals', async () => {
    const { loop, clock, silences } = listen(4_000);
    await clock.advance(19_999);
    expect(silences).toEqual([]);
    loop.push(capture);
    await clock.advance(11_999);
    expect(silences).toEqual([]);
    await clock.advance(1);
    expect(silences).toEqual(['no complete sample from nvidia-smi for 12 s']);
  });

  it('waits 5 s at least, and names what it could not read', async () => {
    const { loop, clock, silences } = listen(1_000);
    loop.push(capture);
    loop.push('0, GPU-1, only three\n');
    await clock.advance(4_999);
    expect(silences).toEqual([]);
    await clock.advance(1);
    expect(silences).toEqual([
      'no complete sample from nvidia-smi for 5 s; 1 lines were not readings, the last: 0, GPU-1, only three',
    ]);
  });

  it('keeps what nvidia-smi says that is no reading, for whoever asks why it ended', () => {
    const { loop } = listen();
    loop.push('Failed to initialize NVML: Driver/library version mismatch\n');
    expect(loop.lastWords).toBe('Failed to initialize NVML: Driver/library version mismatch');
  });

  it('leaves no timer behind', () => {
    const { loop, clock } = listen();
    loop.push(`${header}\n${rows[0]}\n`);
    loop.close();
    expect(clock.pending).toBe(0);
  });
});
