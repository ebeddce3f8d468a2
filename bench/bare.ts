import { freePort } from '../src/program/child.ts';
import { pause, startScript } from './program.ts';
import type { Program } from './program.ts';

interface BareServer {
  readonly program: Program;
  readonly port: number;
}

/** Starts the bare grpc-js server as a process of its own; the flags are Node's. */
export async function startBare(flags: readonly string[] = []): Promise<BareServer> {
  const port = await freePort();
  const program = startScript([...flags, 'bench/bare-server.ts', `127.0.0.1:${port}`]);
  await pause(500);
  return { program, port };
}
