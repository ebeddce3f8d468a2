import { freePort } from '../src/program/child.ts';
import { connect } from './external-scaler-client.ts';
import { startScript } from './program.ts';
import type { Program } from './program.ts';

const readyWithinMs = 20_000;

interface BareServer {
  readonly program: Program;
  readonly port: number;
}

/** Starts the bare grpc-js server as a process of its own; the flags are Node's, the cores the only ones it may run on. */
export async function startBare(flags: readonly string[] = [], cores?: string): Promise<BareServer> {
  const port = await freePort();
  const program = startScript([...flags, 'bench/bare-server.ts', `127.0.0.1:${port}`], { cores });
  await untilServing(port);
  return { program, port };
}

/** Waits until gRPC is answered there. */
async function untilServing(port: number): Promise<void> {
  const client = connect(`127.0.0.1:${port}`);
  await new Promise<void>((resolve, reject) => {
    client.waitForReady(Date.now() + readyWithinMs, (error) => (error ? reject(error) : resolve()));
  });
  client.close();
}
