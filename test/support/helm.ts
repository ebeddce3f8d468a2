import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

/** A rendered object, as far as every object has the same fields. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels: Record<string, string> };
  readonly [field: string]: unknown;
}

const chart = 'charts/pilotlight';
/** Named, because a helm that was built from source takes 1.20 for the cluster's version. */
const cluster = ['--kube-version', '1.33.0'];

/** Path of the helm that scripts/install-helm.sh builds; builds it where it is missing, which takes minutes. */
export function findHelm(): string {
  return execFileSync('scripts/install-helm.sh', { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}

/** What `helm template` prints for the chart, installed as "pilotlight" into "pilotlight". Throws what helm says against it. */
export function renderText(helm: string, ...flags: string[]): string {
  return run(helm, 'template', 'pilotlight', chart, '--namespace', 'pilotlight', ...cluster, ...flags);
}

/** The objects that the chart renders. Throws on YAML that has a key twice or is otherwise malformed. */
export function render(helm: string, ...flags: string[]): readonly Manifest[] {
  return parseAllDocuments(renderText(helm, ...flags)).flatMap((document) => {
    if (document.errors[0]) throw document.errors[0];
    const manifest = document.toJS() as Manifest | null;
    return manifest ? [manifest] : [];
  });
}

/**
 * What `helm install` prints after an installation. `helm template` leaves the notes out and `helm install` wants a
 * cluster, so a copy of the chart renders them as an object.
 */
export function notes(helm: string, ...flags: string[]): string {
  const copy = mkdtempSync(join(tmpdir(), 'pilotlight-chart-'));
  try {
    cpSync(chart, copy, { recursive: true });
    const text = readFileSync(join(copy, 'templates/NOTES.txt'), 'utf8');
    const wrapped = `{{- define "notes" -}}\n${text}{{- end -}}\ntext: {{ include "notes" . | quote }}\n`;
    writeFileSync(join(copy, 'templates/notes.yaml'), wrapped);
    const only = ['--show-only', 'templates/notes.yaml'];
    const rendered = run(
      helm,
      'template',
      'pilotlight',
      copy,
      '--namespace',
      'pilotlight',
      ...cluster,
      ...only,
      ...flags,
    );
    return (parse(rendered) as { text: string }).text;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

export function lint(helm: string, ...flags: string[]): string {
  return run(helm, 'lint', '--strict', chart, ...cluster, ...flags);
}

function run(helm: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(helm, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr + stdout);
  return stdout;
}
