import { readFile } from 'node:fs/promises';
import { addressOption } from '../manifests/address-option.ts';
import { checkScaledObject } from './check.ts';
import type { Finding } from './check.ts';
import { readManifests } from '../manifests/manifest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { scaledObject } from '../manifests/scaled-object.ts';

export const validateOptions = { address: addressOption };

/** Checks the ScaledObjects of files, says what it found, and answers the exit code: 1 where there is an error. */
export async function runValidate(
  files: readonly string[],
  { address }: { address: string },
  print: (line: string) => void,
): Promise<number> {
  let failed = false;
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => error as NodeJS.ErrnoException);
    const report =
      typeof text === 'string'
        ? checkText(text, address)
        : { lines: [`error: can't be read (${text.code})`], failed: true };
    for (const line of report.lines) print(`${file}${line.startsWith('error') ? ': ' : ':'}${line}`);
    failed ||= report.failed;
  }
  return failed ? 1 : 0;
}

interface Report {
  readonly lines: readonly string[];
  readonly failed: boolean;
}

/** Lines of the form `LINE: SEVERITY: NAMESPACE/NAME: TEXT`. */
export function checkText(text: string, address: string): Report {
  const { manifests, faults } = readManifests(text);
  const reports = manifests.map((manifest) => checkManifest(manifest, address));
  return {
    lines: [
      ...faults.map(({ line, message }) => `${line}: error: ${message}`),
      ...reports.flatMap(({ lines }) => lines),
    ],
    failed: faults.length > 0 || reports.some(({ failed }) => failed),
  };
}

function checkManifest({ content, lineOf }: Manifest, address: string): Report {
  if ((content as { kind?: unknown } | null)?.kind !== 'ScaledObject') return { lines: [], failed: false };
  const parsed = scaledObject.safeParse(content);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      ({ path, message }) => `${lineOf(path as (string | number)[])}: error: ${path.join('.')}: ${message}`,
    );
    return { lines, failed: true };
  }
  const { namespace, name } = parsed.data.metadata;
  const findings = checkScaledObject(parsed.data, address);
  const show = ({ severity, path, text }: Finding): string =>
    `${lineOf(path)}: ${severity}: ${namespace}/${name}: ${text}`;
  return { lines: findings.map(show), failed: findings.some(({ severity }) => severity === 'error') };
}
