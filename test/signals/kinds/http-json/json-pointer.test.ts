import { describe, expect, it } from 'vitest';
import { followJsonPointer, parseJsonPointer } from '../../../../src/signals/kinds/http-json/json-pointer.ts';
import { startHttpStandIn } from '../../../support/http-stand-in.ts';
import { openForTest, readFrom } from '../../../support/open-connections.ts';

/** The document and most of the pointers of RFC 6901, section 5. */
const document = { foo: ['bar', 'baz'], '': 0, 'a/b': 1, 'c%d': 2, 'e^f': 3, 'g|h': 4, 'k"l': 6, ' ': 7, 'm~n': 8 };

describe('a JSON pointer', () => {
  it.each([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j finds what the RFC says', (pointer, value) => {
    expect(followJsonPointer(document, parseJsonPointer(pointer) ?? ['?'])).toEqual({ found: true, value });
  });

  it.each([
    '/nothing',
    '/foo/2',
    '/foo/-',
    '/foo/01',
    '/foo/length',
    '/foo/0/1',
    '/toString',
    '/__proto__',
    '/constructor/name',
  ])('%j finds nothing', (pointer) => {
    expect(followJsonPointer(document, parseJsonPointer(pointer) ?? ['?'])).toEqual({ found: false });
  });

  it.each(['foo', 'foo/bar', '#/foo', '/a~', '/a~2', '$.foo'])('%j is none', (text) => {
    expect(parseJsonPointer(text)).toBeUndefined();
  });
});

describe('a source that reads JSON', () => {
  async function read(pointer: string, body: string): Promise<unknown> {
    const standIn = await startHttpStandIn({ body });
    const open = openForTest({
      type: 'http-json',
      name: 'jobs',
      url: new URL(`${standIn.url}/status?team=a`),
      namespaces: ['*'],
    });
    const { queue } = await readFrom(open, { query: pointer }).finally(() => standIn.server.stop());
    expect(standIn.seen[0]?.path).toBe('/status?team=a');
    return queue?.state === 'measured' ? queue.value : queue?.reason;
  }

  it.each([
    ['/jobs/0/waiting', '{"jobs":[{"waiting":3}]}', 3],
    ['', '12', 12],
    ['/waiting', '{"waiting":0}', 0],
    ['/waiting', '{"waiting":-1}', 'what is at "/waiting" is -1, which counts nothing'],
    ['/waiting', '{"waiting":1e999}', 'what is at "/waiting" is Infinity, which counts nothing'],
    ['/waiting', '{"waiting":"3"}', 'what is at "/waiting" is no number, which counts nothing'],
    ['/waiting', '{"waiting":null}', 'what is at "/waiting" is no number, which counts nothing'],
    ['/waiting', '{"jobs":3}', 'the answer has nothing at "/waiting"'],
  ])('at %j in %s: %j', async (pointer, body, told) => {
    expect(await read(pointer, body)).toBe(told);
  });

  it('says what a pointer looks like, and that an answer is no JSON', async () => {
    await expect(read('jobs.waiting', '{}')).rejects.toThrow(
      new Error(
        '"jobs.waiting" is no JSON pointer; write one such as /jobs/waiting, with ~1 for a slash and ~0 for a tilde in a name',
      ),
    );
    await expect(read('/waiting', '<html>')).rejects.toThrow(/^127.0.0.1:\d+ answered something else than JSON$/);
  });
});
