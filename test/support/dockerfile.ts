import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, statSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

/** One `FROM … ` and what follows it. */
export interface Stage {
  readonly from: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** Reads a Dockerfile of the plain kind: no heredocs, no variables but the ARGs before the first FROM. */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const instructions = lines.join('\n').replaceAll(/\\\n\s*/g, '').split('\n').flatMap(parseInstruction); // prettier-ignore
  const first = instructions.findIndex(({ word }) => word === 'FROM');
  const args = new Map(instructions.slice(0, first).map(({ rest }) => rest.split('=') as [string, string]));
  const stages: { from: string; name: string; instructions: Instruction[] }[] = [];
  for (const instruction of instructions.slice(first)) {
    if (instruction.word !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const [image = '', name = String(stages.length)] = instruction.rest.split(/\s+AS\s+/);
    const from = image.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => args.get(key) ?? '');
    stages.push({ from, name, instructions: [] });
  }
  return stages;
}

function parseInstruction(line: string): Instruction[] {
  const match = /^([A-Z]+)\s+(.*)$/.exec(line.trim());
  return match?.[1] !== undefined && match[2] !== undefined ? [{ word: match[1], rest: match[2] }] : [];
}

interface Replay {
  /** The folder that COPY copies from. */
  readonly context: string;
  /** An empty folder of the caller's; each stage becomes a folder in it. */
  readonly root: string;
  /** What stands first on the PATH, in the base image's place. */
  readonly bin: string;
}

/** Carries out the COPY and RUN instructions of each stage. Returns the last stage's folder; throws on a command that fails. */
export function replay(stages: readonly Stage[], { context, root, bin }: Replay): string {
  for (const stage of stages) {
    const folder = join(root, stage.name);
    mkdirSync(folder);
    for (const { word, rest } of stage.instructions) {
      if (word === 'COPY') copy(rest, folder, { context, root });
      if (word === 'RUN') run(rest.replace(/^(--\S+\s+)+/, ''), folder, bin);
    }
  }
  return join(root, stages.at(-1)?.name ?? '');
}

function copy(rest: string, folder: string, from: { context: string; root: string }): void {
  const words = rest.split(/\s+/);
  const stage = /^--from=(.*)$/.exec(words[0] ?? '')?.[1];
  const sources = words.slice(stage === undefined ? 0 : 1, -1);
  const target = join(folder, words.at(-1) ?? '');
  for (const source of sources) {
    const path =
      stage === undefined ? join(from.context, source) : join(from.root, stage, source.replace(/^\/app\//, ''));
    const isFolder = statSync(path).isDirectory();
    cpSync(path, isFolder ? target : join(target, basename(source)), { recursive: true, verbatimSymlinks: true });
  }
}

/** What keeps to the stage's folder. Nothing else is run: this is somebody's machine, not a container. */
const harmless = /^npm (ci|run)( [\w:=-]+)*$|^rm -rf( node_modules\/[\w.*-]+(\/[\w.*-]+)?)+$/;
/** What takes something out of the base image, which is not here. */
const onBaseImage = /^rm -rf( \/\S+)+$/;

function run(command: string, cwd: string, bin: string): void {
  if (onBaseImage.test(command)) return;
  if (!harmless.test(command)) throw new Error(`not known to be harmless outside a container: ${command}`);
  const { status, signal, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd, env: environment(bin), encoding: 'utf8' }); // prettier-ignore
  if (status !== 0) throw new Error(`${command}: ${signal ?? `exit ${status ?? '?'}`}\n${stdout}${stderr}`);
}

/** This process's, for the network's sake, but without what npm and the test runner have put there. */
function environment(bin: string): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([key]) => !/^(npm_|node_env$|vitest)/i.test(key));
  return { ...Object.fromEntries(kept), PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
}
