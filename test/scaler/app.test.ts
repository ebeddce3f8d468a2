import { describe, expect, it } from 'vitest';
import { readOptions, UsageError } from '../../src/program/options.ts';
import { startScaler } from '../../src/scaler/app.ts';
import { scalerOptions } from '../../src/scaler/options.ts';

/** What the operator is told of a command line that can't be followed. */
async function refusal(args: readonly string[]): Promise<unknown> {
  try {
    return await startScaler(readOptions(scalerOptions, [...args, '--log-level', 'silent'], {}));
  } catch (error) {
    return error;
  }
}

describe('startScaler', () => {
  it.each([
    [['--read-interval', '0s'], /^--read-interval: "0s" is not a duration such as .*, 10ms or more$/],
    [['--max-connection-age', '10ms'], /^--max-connection-age: "10ms" is not a duration such as .*, 1s or more$/],
    [['--workloads', '/nowhere/workloads.yaml'], /^--workloads: .*workloads\.yaml/],
    [['--kubeconfig', '/nowhere/config'], /^--kubeconfig: .*\/nowhere\/config/],
    [['--workloads', 'a.yaml', '--kubeconfig', 'b'], /^--workloads and --kubeconfig exclude each other; give one$/],
    [['--connections', '/nowhere/connections.yaml'], /^--connections: the connections file .* can't be read: ENOENT$/],
    [['--exporters', 'ftp://exporter'], /^--exporters: .*ftp:\/\/exporter/],
    [
      ['--workloads', 'a.yaml', '--exporter-pods', 'gpu'],
      /^--exporter-pods: "gpu" does not begin with the name of a namespace/,
    ],
    [
      ['--workloads', 'a.yaml', '--exporter-pods', 'gpu/app=x'],
      /^--exporter-pods: needs a cluster, and --workloads means none/,
    ],
    [['--clock', 'now'], /^--clock: "now" is not START,EPOCH,SPEED/],
  ])('refuses %j', async (args, said) => {
    const error = await refusal(args);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toMatch(said);
  });
});
