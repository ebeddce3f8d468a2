import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakeDriver } from './fake-nvidia-smi.ts';

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
  const gpus = driver().gpus.map(
    (gpu, position) =>
      `<gpu id="${gpu['pci.bus_id'] ?? ''}"><uuid>${gpu['uuid'] ?? ''}</uuid><minor_number>${gpu['minor'] ?? position}</minor_number></gpu>\n`,
  );
  print(`<?xml version="1.0" ?>\n<nvidia_smi_log>\n${gpus.join('')}</nvidia_smi_log>\n`);
}

function line(fields: readonly string[], position: number): string {
  const { gpus, count = gpus.length } = driver();
  const gpu: Readonly<Record<string, string>> = { index: String(position), count: String(count), ...gpus[position] };
  return fields.map((field) => gpu[field] ?? '[N/A]').join(', ');
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
else if (query) await loop(query, Number(option('--loop-ms=')));
