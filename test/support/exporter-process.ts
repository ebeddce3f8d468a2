import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, vi } from 'vitest';
import type { TestContext } from 'vitest';

/** One line of the exporter's log. */
type LogLine = Readonly<Record<string, unknown>>;

/** The series of one scrape, by name and labels as they are written. */
export type Scrape = ReadonlyMap<string, number>;

export interface ExporterProcess {
  readonly child: ChildProcess;
  readonly logs: readonly LogLine[];
  get(path: string): Promise<{ status: number; body: string }>;
  scrape(): Promise<Scrape>;
  /** Scrapes until what is looked for is there. */
  until(isThere: (scrape: Scrape) => boolean): Promise<Scrape>;
  /** Waits for a log line with these fields, `times` times: the log comes by another way than a scrape, and may be behind. */
  logged(fields: LogLine, times?: number): Promise<void>;
  /** Asks it to end; answers its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const noLibrary = '/nowhere/libnvidia-ml.so.1';

/** How long a test waits for what must come. */
const patience = { timeout: 30_000, interval: 50 };

/** Starts the real exporter as a process, on a free port, without this machine's own NVML, without processes and host figures unless `args` say otherwise; ended with the test. */
export async function startExporterProcess(test: TestContext, args: readonly string[]): Promise<ExporterProcess> {
  const fixed = ['src/exporter/main.ts', '--port', '0', '--host', '127.0.0.1', '--host-interval', '0s', '--pod-logs-path', '', '--nvml-path', noLibrary]; // prettier-ignore
  const child = spawn(process.execPath, [...fixed, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  test.onTestFinished(() => void child.kill('SIGKILL'));
  const logs: LogLine[] = [];
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => logs.push(JSON.parse(line) as LogLine));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const listening = (): LogLine | undefined => logs.find(({ msg }) => msg === 'listening');
  await vi.waitFor(() => expect(listening(), stderr).toBeDefined(), patience);
  const address = `http://127.0.0.1:${String(listening()?.['port'])}`;
  const get = async (path: string): Promise<{ status: number; body: string }> => {
    const response = await fetch(address + path);
    return { status: response.status, body: await response.text() };
  };
  const scrape = async (): Promise<Scrape> => parseScrape((await get('/metrics')).body);
  return {
    child,
    logs,
    get,
    scrape,
    async until(isThere) {
      return vi.waitFor(async () => {
        const now = await scrape();
        expect(isThere(now), [...now].map((line) => line.join(' ')).join('\n')).toBe(true);
        return now;
      }, patience);
    },
    async logged(fields, times = 1) {
      const isWanted = (line: LogLine): boolean =>
        Object.entries(fields).every(([name, value]) => line[name] === value);
      await vi.waitFor(() => expect(logs.filter(isWanted), JSON.stringify(logs)).toHaveLength(times), patience);
    },
    async stop(signal = 'SIGTERM') {
      const ended = once(child, 'exit') as Promise<[number | null]>;
      child.kill(signal);
      return (await ended)[0];
    },
  };
}

function parseScrape(text: string): Scrape {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}
