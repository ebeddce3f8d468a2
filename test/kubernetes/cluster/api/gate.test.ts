import { expect, it } from 'vitest';
import { Gate } from '../../../../src/kubernetes/cluster/api/gate.ts';

it('lets so many begin, and when one has ended, whether it succeeded or not, the newest of the others', async () => {
  const gate = new Gate(2);
  const begun: number[] = [];
  const works = Array.from({ length: 5 }, () => Promise.withResolvers<undefined>());
  const results = works.map(({ promise }, index) =>
    gate.pass(() => {
      begun.push(index);
      return promise;
    }),
  );
  await Promise.resolve();
  expect(begun).toEqual([0, 1]);

  works[1]?.reject(new Error('refused'));
  await expect(results[1]).rejects.toThrow('refused');
  expect(begun).toEqual([0, 1, 4]);

  for (const { resolve } of works) resolve(undefined);
  await Promise.allSettled(results);
  expect(begun).toEqual([0, 1, 4, 3, 2]);
  await expect(gate.pass(() => Promise.resolve(7))).resolves.toBe(7);
});
