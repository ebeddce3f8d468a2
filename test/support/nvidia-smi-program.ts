import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeDriver, FakeProcess, FakeSlice } from './fake-nvidia-smi.ts';

/**
 * Stands in for the nvidia-smi executable: speaks its command line and its formats, for a driver that a JSON file
 * describes. The file is read again for every iteration, so that a test can change the driver under a running loop.
 */
const [, , driverFile = '', ...args] = process.argv;
const driver = (): FakeDriver => JSON.parse(readFileSync(driverFile, 'utf8')) as FakeDriver;
const option = (name: string): string | undefined => args.find((arg) => arg.startsWith(name))?.slice(name.length);
const print = (text: string): void => {
  process.stdout.write(text);
};

/** A loop whose reader is gone must not run on. */
process.stdout.on('error', () => process.exit(141));

function help(): void {
  print('List of valid properties to query for the switch "--query-gpu":\n\n');
  for (const field of driver().fields) print(`"${field}"\nA property.\n\n`);
}

function report(): void {
  const { gpus: all, processes = [], slices = [] } = driver();
  const gpus = all.map((gpu, position) => {
    const names = `<uuid>${gpu['uuid'] ?? ''}</uuid><minor_number>${gpu['minor'] ?? position}</minor_number>`;
    const [cuts, own] = [slices[position] ?? [], processes[position] ?? []];
    return `<gpu id="${gpu['pci.bus_id'] ?? ''}">${names}<mig_devices>${cuts.map(sliceElement).join('')}</mig_devices><processes>\n${own.map(processElement).join('')}</processes></gpu>\n`; // prettier-ignore
  });
  print(`<?xml version="1.0" ?>\n<nvidia_smi_log>\n${gpus.join('')}</nvidia_smi_log>\n`);
}

function sliceElement({ gi, usedMebibytes, totalMebibytes }: FakeSlice, index: number): string {
  const memory = `<fb_memory_usage><total>${totalMebibytes} MiB</total><used>${usedMebibytes} MiB</used></fb_memory_usage>`;
  return `<mig_device><index>${index}</index><gpu_instance_id>${gi}</gpu_instance_id><compute_instance_id>0</compute_instance_id>${memory}</mig_device>`; // prettier-ignore
}

function processElement({ pid, mebibytes, gi }: FakeProcess): string {
  const instance = gi === undefined ? 'N/A' : `${gi}`;
  const memory = mebibytes === '-' ? 'N/A' : `${mebibytes} MiB`;
  return `<process_info><gpu_instance_id>${instance}</gpu_instance_id><compute_instance_id>${gi === undefined ? 'N/A' : 0}</compute_instance_id><pid>${pid}</pid><type>C</type><process_name>x &lt;y&gt;</process_name><used_memory>${memory}</used_memory></process_info>`; // prettier-ignore
}

function list(): void {
  const { gpus, slices = [] } = driver();
  for (const [position, gpu] of gpus.entries()) {
    print(`GPU ${position}: ${gpu['name'] ?? ''} (UUID: ${gpu['uuid'] ?? ''})\n`);
    for (const [index, { profile, uuid }] of (slices[position] ?? []).entries()) {
      print(`  MIG ${profile}     Device  ${index}: (UUID: ${uuid})\n`);
    }
  }
}

async function watchProcesses(): Promise<void> {
  print('# gpu         pid   type     sm    mem    enc    dec    jpg    ofa     fb   ccpm    command \n');
  print('# Idx           #    C/G      %      %      %      %      %      %     MB     MB    name \n');
  for (;;) {
    const { gpus, processes = [], behaviour } = driver();
    for (const position of behaviour === 'hangs' ? [] : gpus.keys()) {
      const own = processes[position] ?? [];
      if (own.length === 0) print(`    ${position}          -     -      -      -      -      -      -      -      -      -    -              \n`); // prettier-ignore
      for (const { pid, sm, mebibytes } of own) {
        print(
          `    ${position}  ${pid}     C  ${sm}      -      -      -      -      -  ${mebibytes}      0    my engine      \n`,
        );
      }
    }
    await sleep(100);
  }
}

function line(fields: readonly string[], position: number): string {
  const { gpus, count = gpus.length } = driver();
  const gpu: Readonly<Record<string, string>> = { index: String(position), count: String(count), ...gpus[position] };
  return fields.map((field) => gpu[field] ?? '[N/A]').join(', ');
}

function once(fields: readonly string[]): void {
  for (const position of driver().gpus.keys()) print(`${line(fields, position)}\n`);
}

async function loop(fields: readonly string[], intervalMs: number): Promise<void> {
  writeFileSync(`${driverFile}.pid`, String(process.pid));
  print(`${fields.join(', ')}\n`);
  for (;;) {
    const { behaviour, gpus, noise } = driver();
    if (behaviour === 'hangs') {
      await sleep(50);
      continue;
    }
    if (behaviour === 'fails') fail();
    if (noise !== undefined) print(`${noise}\n`);
    if (behaviour === 'stops-in-a-line') {
      print(line(fields, 0).slice(0, -4));
      await sleep(50);
      process.exit(0);
    }
    for (const position of gpus.keys()) print(`${line(fields, position)}\n`);
    await sleep(intervalMs);
  }
}

function fail(): never {
  const { message = '', exitCode = 1 } = driver();
  print(`${message}\n`);
  process.exit(exitCode);
}

const query = option('--query-gpu=')?.split(',');
const unknown = query?.find((field) => !driver().fields.includes(field));
if (args.includes('--help-query-gpu')) help();
else if (unknown !== undefined) {
  print(`Field "${unknown}" is not a valid field to query.\n`);
  process.exit(2);
} else if (driver().behaviour === 'fails') fail();
else if (args.includes('-x')) report();
else if (args.includes('-L')) list();
else if (args[0] === 'pmon') await watchProcesses();
else if (query && option('--loop-ms=') === undefined) once(query);
else if (query) await loop(query, Number(option('--loop-ms=')));
