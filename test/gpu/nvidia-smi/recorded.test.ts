import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GpuDevice } from '../../../src/domain/gpu.ts';
import { Exposition } from '../../../src/exporter/exposition.ts';
import { PmonLoop } from '../../../src/gpu/nvidia-smi/processes/pmon-loop.ts';
import type { ProcessSample } from '../../../src/gpu/nvidia-smi/processes/pmon-loop.ts';
import { parseRow } from '../../../src/gpu/nvidia-smi/query/csv.ts';
import { chooseFields, parseHeader, parseHelpQuery } from '../../../src/gpu/nvidia-smi/query/fields.ts';
import { parseList } from '../../../src/gpu/nvidia-smi/report/list.ts';
import { parseXmlReport } from '../../../src/gpu/nvidia-smi/report/xml.ts';
import { HandClock } from '../../support/hand-clock.ts';
import { scrapeOf } from '../../support/exposition-text.ts';

/** Recordings of others that are not part of this repository; without them these cases are skipped. */
const folder = '../shared/data/captures';
const files = existsSync(folder) ? readdirSync(folder) : [];
const mib = 1_048_576;

/** What each recording is known to say, first GPU, first and second recording of the file. */
const known: Record<string, { gpus: number; mig: boolean; facts: Partial<GpuDevice>[] }> = {
  'linux-x86_64__nvidia-geforce-rtx-2080-super__595.71.05.txt': { gpus: 1, mig: false, facts: [{ utilizationRatio: 0, memoryUsedBytes: 214 * mib }, { utilizationRatio: 0.08, encoderUtilizationRatio: 1, powerWatts: 111.5 }] }, // prettier-ignore
  'linux-x86_64__nvidia-h100-80gb-hbm3__590.48.01.txt': { gpus: 1, mig: false, facts: [{ utilizationRatio: 0, memoryUsedBytes: 0, memoryTemperatureCelsius: 48 }, { utilizationRatio: 1, memoryUsedBytes: 19_818 * mib, powerWatts: 631.95 }] }, // prettier-ignore
  'linux-x86_64__nvidia-h100-mig__590.48.01.txt': { gpus: 1, mig: true, facts: [{ memoryUsedBytes: 59 * mib }, { memoryUsedBytes: 11_125 * mib, smClockHertz: 1_980_000_000 }] }, // prettier-ignore
  'linux-x86_64__nvidia-l40s__595.80.txt': { gpus: 1, mig: false, facts: [{ utilizationRatio: 1, temperatureCelsius: 63 }, { utilizationRatio: 0.09, encoderUtilizationRatio: 0.6 }] }, // prettier-ignore
  'telegraf-a100-sxm4-v12.xml': { gpus: 1, mig: true, facts: [{ minorNumber: 1, memoryUsedBytes: 50 * mib, powerWatts: 67.03 }] }, // prettier-ignore
  'telegraf-rtx-3080-v13.xml': { gpus: 1, mig: false, facts: [{ minorNumber: 0, utilizationRatio: 0.65, powerWatts: 139.62 }] }, // prettier-ignore
  'telegraf-tesla-t4.xml': { gpus: 1, mig: false, facts: [{ minorNumber: 0, utilizationRatio: 0, powerWatts: 26.78, memoryUsedBytes: 1_032 * mib }] }, // prettier-ignore
};

describe.skipIf(files.length === 0)('recordings of others (skipped where ../shared/data/captures is absent)', () => {
  it('are the seven that are known', () => {
    expect(files.sort()).toEqual(Object.keys(known).sort());
  });

  it.each(files.filter((file) => file.endsWith('.txt')))('reads every query of %s', (file) => {
    const text = readFileSync(`${folder}/${file}`, 'utf8');
    const samples = sections(text, 'nvidia-smi --query-gpu=').map(readCsv);
    expect(samples).toHaveLength(2);
    samples.forEach((devices, recording) => {
      expect(devices).toHaveLength(known[file]!.gpus);
      expect(devices[0]).toMatchObject(known[file]!.facts[recording]!);
      expect(devices[0]?.migEnabled).toBe(known[file]!.mig);
      expect(devices[0] && 'utilizationRatio' in devices[0]).toBe(!known[file]!.mig);
    });
  });

  it.each(files.filter((file) => file.endsWith('.txt')))('finds every field in the help of %s', (file) => {
    const [help = ''] = sections(readFileSync(`${folder}/${file}`, 'utf8'), 'nvidia-smi --help-query-gpu');
    expect(chooseFields(parseHelpQuery(help))).toMatchObject({ unknown: [], lacking: [] });
  });

  it.each(files.filter((file) => file.endsWith('.txt')))(
    'tells the same processes by pmon as by the query, %s',
    async (file) => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      const queries = sections(text, 'nvidia-smi --query-compute-apps=').map(readComputeApps);
      for (const [recording, output] of sections(text, 'nvidia-smi pmon').entries()) {
        const clock = new HandClock();
        const samples: ProcessSample[] = [];
        const loop = new PmonLoop({ clock, patienceMs: 60_000, onSample: (sample) => samples.push(sample), onSilence: () => undefined }); // prettier-ignore
        loop.push(`${output}\n`);
        await clock.advance(1_000);
        expect(samples).toHaveLength(5);
        for (const { byGpu, rejectedValues } of samples) {
          expect(rejectedValues).toEqual([]);
          const pids = byGpu.get(0)?.map(({ pid }) => pid);
          expect(pids).toEqual(expect.arrayContaining(queries[recording]!));
          // Of a GPU that is cut no process' utilization is told, busy as it may be.
          if (known[file]!.mig) expect(byGpu.get(0)?.every(({ smRatio }) => smRatio === undefined)).toBe(true);
        }
      }
    },
  );

  it.each(files.filter((file) => file.endsWith('.txt')))('lists the slices of %s', (file) => {
    const slices = sections(readFileSync(`${folder}/${file}`, 'utf8'), 'nvidia-smi -L').flatMap(parseList);
    const profiles = slices.map(({ profile, index }) => [index, profile]);
    expect(profiles).toEqual(known[file]!.mig ? [[0, '3g.40gb'], [1, '2g.20gb'], [2, '1g.10gb'], [3, '1g.10gb']] : []); // prettier-ignore
    expect(new Set(slices.map(({ uuid }) => uuid)).size).toBe(slices.length);
  });

  it.each(files.filter((file) => file.endsWith('.txt')))(
    'makes a scrape of %s in which nothing is beyond its bounds or told twice',
    (file) => {
      const text = readFileSync(`${folder}/${file}`, 'utf8');
      for (const devices of sections(text, 'nvidia-smi --query-gpu=').map(readCsv)) {
        const clock = new HandClock('2026-11-23T12:00:00Z');
        const exposition = new Exposition({ clock, nodeName: 'node-a', metricNames: 'both', sampleIntervalMs: 1_000, hostIntervalMs: 15_000, collectors: new Set(['gpu', 'kubelet'] as const) }); // prettier-ignore
        const held = { namespace: 'inference', pod: 'llama-0', container: 'engine', resource: 'nvidia.com/gpu', deviceIds: devices.map(({ uuid }) => uuid) }; // prettier-ignore
        exposition.takeReading({ kind: 'sample', sample: { observedAtMs: clock.nowMs(), devices }, rejected: { lines: 0, values: [] } }); // prettier-ignore
        exposition.takeAllocations({
          kind: 'allocations',
          allocations: [held],
          observedAtMs: clock.nowMs(),
          tookMs: 1,
        });
        const series = scrapeOf(exposition).split('\n').filter((line) => line !== '' && !line.startsWith('#')); // prettier-ignore
        const names = series.map((line) => line.slice(0, line.lastIndexOf(' ')));
        expect(new Set(names).size).toBe(names.length);
        for (const line of series) {
          const value = Number(line.slice(line.lastIndexOf(' ') + 1));
          expect(value, line).toBeGreaterThanOrEqual(0);
          if (/^pilotlight_\w+_ratio\{/.test(line)) expect(value, line).toBeLessThanOrEqual(1);
          if (line.startsWith('DCGM_FI_DEV_GPU_UTIL')) expect(value, line).toBeLessThanOrEqual(100);
        }
        const ofPod = series.filter((line) => line.startsWith('pilotlight_pod_gpu_utilization_ratio'));
        expect(ofPod).toHaveLength(known[file]!.mig ? 0 : devices.length);
        expect(series).toContain('pilotlight_pod_gpu_devices{namespace="inference",pod="llama-0"} 1');
      }
    },
  );

  it.each(files.filter((file) => file.endsWith('.xml')))('reads every GPU of %s', (file) => {
    const { gpus, mig, facts } = known[file]!;
    const report = parseXmlReport(readFileSync(`${folder}/${file}`, 'utf8'))!;
    expect(report.gpus).toHaveLength(gpus);
    expect(report.rejectedGpus).toBe(0);
    const [first] = report.gpus;
    expect(first).toMatchObject({ device: { ...facts[0], migEnabled: mig } });
    expect(first?.migDevices).toHaveLength(mig ? 4 : 0);
    expect(report.gpus.flatMap((gpu) => gpu.rejectedValues)).toEqual([]);
  });
});

/** The output below each `# $ command` line of a recording. */
function sections(text: string, command: string): string[] {
  return text
    .split('\n# $ ')
    .filter((section) => section.startsWith(command))
    .map((section) => section.split('\n').slice(2).join('\n').split('\n\n\n')[0] ?? '');
}

/** The processes that the query tells, by number. */
function readComputeApps(output: string): number[] {
  const [header = '', ...lines] = output.trim().split('\n');
  const at = header.split(', ').indexOf('pid');
  return lines.map((line) => Number(line.split(', ')[at]));
}

function readCsv(output: string): GpuDevice[] {
  const [header = '', ...lines] = output.trim().split('\n');
  const columns = parseHeader(header)!;
  return lines.map((line) => {
    const row = parseRow(line, columns);
    expect(row?.rejectedValues).toEqual([]);
    return row!.device;
  });
}
