import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startExporterProcess } from '../support/exporter-process.ts';

const simulated = ['--backend', 'simulated', '--kubelet-socket', ''];
const run = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['src/exporter/main.ts', ...args]);

describe.concurrent('runProgram, through the exporter', { timeout: 60_000 }, () => {
  it.each(['--help', '-h'])('prints what %s promises, and ends', async (flag) => {
    const { stdout, stderr } = await run(flag);
    expect(stdout).toContain('Usage: npm run exporter');
    expect(stdout).toContain('  --sample-interval, PILOTLIGHT_SAMPLE_INTERVAL');
    expect(stderr).toBe('');
  });

  it.for(['SIGTERM', 'SIGINT'] as const)('ends with code 0 at %s', async (signal, test) => {
    const exporter = await startExporterProcess(test, simulated);
    await exporter.until((scrape) => scrape.get('pilotlight_collect_success{collector="gpu"}') === 1);
    expect(await exporter.stop(signal)).toBe(0);
    await exporter.logged({ msg: 'stopped' });
  });

  it('ends with code 1 and the reason in one sentence when it can not start', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(run(...simulated, '--host', '127.0.0.1', '--port', String(port))).rejects.toMatchObject({
      code: 1,
      stderr: `port ${port} on 127.0.0.1: it is in use already; choose another, see --help (EADDRINUSE)\n`,
    });
    holder.close();
  });
});
