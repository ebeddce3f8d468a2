import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Another program of ours, running as a process of its own. */
export interface ChildProgram {
  /** Ends it in good order, by force after a few seconds. */
  stop(): Promise<void>;
}

const keptCharacters = 2_000;
const stopGraceMs = 5_000;

/**
 * Starts `src/NAME/main.ts` (or its compiled twin, where this file is compiled itself) with this very Node.
 * `onExit` is told what it wrote last when it ends without having been stopped.
 */
export function startChild(name: string, args: readonly string[], onExit: (lastWords: string) => void): ChildProgram {
  const main = new URL(`../${name}/main${extname(import.meta.url)}`, import.meta.url);
  const child = spawn(process.execPath, [fileURLToPath(main), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  let stopping = false;
  const keep = (chunk: Buffer): void => {
    words = (words + chunk.toString()).slice(-keptCharacters);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => {
    if (!stopping) onExit(words);
  });
  return {
    stop: async () => {
      stopping = true;
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
      await ended;
      clearTimeout(force);
    },
  };
}

/** A TCP port of the loopback address that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
