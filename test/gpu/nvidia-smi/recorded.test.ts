import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { GpuDevice } from '../../../src/domain/gpu.ts';
import { parseRow } from '../../../src/gpu/nvidia-smi/query/csv.ts';
import { chooseFields, parseHeader, parseHelpQuery } from '../../../src/gpu/nvidia-smi/query/fields.ts';
import { parseXmlReport } from '../../../src/gpu/nvidia-smi/report/xml.ts';

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

function readCsv(output: string): GpuDevice[] {
  const [header = '', ...lines] = output.trim().split('\n');
  const columns = parseHeader(header)!;
  return lines.map((line) => {
    const row = parseRow(line, columns);
    expect(row?.rejectedValues).toEqual([]);
    return row!.device;
  });
}
