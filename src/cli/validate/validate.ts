import { readFile } from 'node:fs/promises';
import { addressOption } from '../manifests/address-option.ts';
import { checkScaledObject } from './check.ts';
import type { Finding } from './check.ts';
import { describeFileError } from '../manifests/file-error.ts';
import { describeIssue } from './describe-issue.ts';
import { readManifests } from '../manifests/manifest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { asksPilotlight, scaledObject } from '../manifests/scaled-object.ts';

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
    if (typeof text !== 'string') {
      print(`${file}: error: ${describeFileError(text)}`);
      failed = true;
      continue;
    }
    const report = checkText(text, address);
    for (const line of report.lines) print(`${file}:${line}`);
    if (!report.failed && report.found === 0) print(`${file}: note: has no ScaledObject with a trigger whose scalerAddress contains "${address}"`); // prettier-ignore
    failed ||= report.failed;
  }
  return failed ? 1 : 0;
}

interface Report {
  readonly lines: readonly string[];
  readonly failed: boolean;
  /** ScaledObjects that were looked into. */
  readonly found: number;
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
    found: reports.reduce((sum, { found }) => sum + found, 0),
  };
}

function checkManifest({ content, lineOf }: Manifest, address: string): Report {
  if ((content as { kind?: unknown } | null)?.kind !== 'ScaledObject') return { lines: [], failed: false, found: 0 };
  const parsed = scaledObject.safeParse(content);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      (issue) => `${lineOf(issue.path as (string | number)[])}: error: ${describeIssue(issue, content)}`,
    );
    return { lines, failed: true, found: 1 };
  }
  const { namespace, name } = parsed.data.metadata;
  const findings = checkScaledObject(parsed.data, address);
  const show = ({ severity, path, text }: Finding): string =>
    `${lineOf(path)}: ${severity}: ${namespace}/${name}: ${text}`;
  const failed = findings.some(({ severity }) => severity === 'error');
  const isOwn = failed || parsed.data.spec.triggers.some((trigger) => asksPilotlight(trigger, address));
  return { lines: findings.map(show), failed, found: isOwn ? 1 : 0 };
}
