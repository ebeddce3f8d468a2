import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A stand-in that runs as a process of its own, so that its work is not counted as ours. */
export interface SideProcess<Ready> {
  readonly pid: number;
  /** What it said when it was ready. */
  readonly ready: Ready;
  /** Has it do something; resolves when it is done. One at a time. */
  ask(message: unknown): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a script of this folder; it says something when it is ready, and again after each message. */
export async function startSide<Ready>(script: string, args: readonly string[] = []): Promise<SideProcess<Ready>> {
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    execArgv: ['--max-old-space-size=4096'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = (): Promise<unknown> =>
    new Promise((resolve, reject) => {
      child.once('message', resolve);
      void ended.then(() => reject(new Error(`${script} ended`)));
    });
  const ready = (await next()) as Ready;
  return {
    pid: child.pid ?? 0,
    ready,
    ask: async (message) => {
      const done = next();
      child.send(message as object);
      await done;
    },
    stop: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
}
