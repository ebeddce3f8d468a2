import { explainEnd, explainFailure, startChild } from './child-process.ts';

/**
 * Why the library can't be used, or undefined where it loads. Whether there is a driver behind it is not asked: one that is not
 * there yet may come. Never rejects.
 */
export async function probeNvml(nvmlPath: string, patienceMs: number): Promise<string | undefined> {
  const patience = AbortSignal.timeout(patienceMs);
  const why = await new Promise<string | undefined>((resolve) => {
    const child = startChild(nvmlPath, {
      onMessage: (message) => {
        resolve(explainFailure(message, nvmlPath));
        child.kill();
      },
      onNoise: () => undefined,
    });
    patience.addEventListener('abort', () => {
      resolve(`"${nvmlPath.slice(0, 80)}" did not load within ${patienceMs / 1_000} s`);
      child.kill();
    });
    void child.ended.then((exit) => resolve(explainEnd(exit, child.complaint)));
  });
  return why;
}
