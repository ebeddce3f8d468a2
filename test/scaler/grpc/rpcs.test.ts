import { status } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { invalidArgument, RpcError } from '../../../src/scaler/grpc/rpc-error.ts';
import { Rpcs } from '../../../src/scaler/grpc/rpcs.ts';

/** One call of a unary RPC whose answer is `answer`: what the client gets, which defects are told and what is counted. */
async function call(answer: () => string | Promise<string>) {
  const counted: string[] = [];
  const defects: unknown[] = [];
  const rpcs = new Rpcs({
    answered: (method, ended) => counted.push(`${method} ${ended}`),
    defect: (error) => defects.push(error),
  });
  const handler = rpcs.unary('IsActive', answer);
  const result = await new Promise((resolve) => {
    handler({ request: undefined } as never, (error, value) => resolve(error ?? value));
  });
  await Promise.resolve();
  return { result, defects, counted };
}

describe('Rpcs', () => {
  it.each([
    ['an answer', () => 'yes'],
    ['a promised answer', () => Promise.resolve('yes')],
  ])('gives %s', async (_, answer) => {
    expect(await call(answer)).toEqual({ result: 'yes', defects: [], counted: ['IsActive OK'] });
  });

  it.each([
    ['thrown', () => { throw invalidArgument('no such metric'); }], // prettier-ignore
    ['rejected', () => Promise.reject(invalidArgument('no such metric'))],
  ])('gives the status of an error that is %s on purpose, and tells of no defect', async (_, answer) => {
    expect(await call(answer)).toEqual({
      result: { code: status.INVALID_ARGUMENT, details: 'no such metric' },
      defects: [],
      counted: ['IsActive INVALID_ARGUMENT'],
    });
  });

  it('makes INTERNAL of a defect, keeps its text from the client and tells of it', async () => {
    const { result, defects, counted } = await call(() => {
      throw new Error('password hunter2 refused');
    });
    expect(result).toEqual({
      code: status.INTERNAL,
      details: 'internal error; the log of pilotlight-scaler says which',
    });
    expect(defects).toEqual([new Error('password hunter2 refused')]);
    expect(counted).toEqual(['IsActive INTERNAL']);
  });

  it('tells nothing of a defect that was told of where it happened', async () => {
    const { result, defects } = await call(() => {
      throw new RpcError('INTERNAL', 'internal error; the log of pilotlight-scaler says which');
    });
    expect(result).toEqual({
      code: status.INTERNAL,
      details: 'internal error; the log of pilotlight-scaler says which',
    });
    expect(defects).toEqual([]);
  });

  it('cuts a text that would not fit into a header', async () => {
    const { result } = await call(() => {
      throw invalidArgument('x'.repeat(10_000));
    });
    expect(result).toMatchObject({ details: `${'x'.repeat(2_000)}…` });
  });
});
