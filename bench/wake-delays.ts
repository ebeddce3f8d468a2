import type { connect, Ref } from './external-scaler-client.ts';
import { pause } from './program.ts';

const giveUpMs = 10_000;

/** How work comes to be, and how it goes away again. */
interface Work {
  readonly rounds: number;
  readonly begin: () => unknown;
  readonly end: () => unknown;
}

/**
 * Opens one StreamIsActive stream and lets work begin again and again, each time at another moment of the read interval.
 * Answers, for each round, the seconds from then to `true` on the stream. Rejects where an answer takes over 10 s.
 */
export async function wakeDelays(client: ReturnType<typeof connect>, ref: Ref, work: Work): Promise<number[]> {
  const stream = client.streamIsActive(ref);
  let state: boolean | undefined;
  let changed = (): void => undefined;
  stream.on('data', ({ result }: { result: boolean }) => {
    state = result;
    changed();
  });
  stream.on('error', () => undefined);
  const becomes = (wanted: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const say = `${ref.name} did not become ${wanted ? '' : 'in'}active`;
      const timer = setTimeout(() => reject(new Error(say)), giveUpMs);
      changed = () => {
        if (state !== wanted) return;
        clearTimeout(timer);
        resolve();
      };
      changed();
    });
  const delays: number[] = [];
  for (let round = 0; round < work.rounds; round += 1) {
    await becomes(false);
    await pause(Math.random() * 1_000);
    const start = performance.now();
    await work.begin();
    await becomes(true);
    delays.push((performance.now() - start) / 1_000);
    await work.end();
  }
  stream.cancel();
  return delays;
}
