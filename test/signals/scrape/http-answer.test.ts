import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerError } from '../../../src/signals/scrape/answer-error.ts';
import { HttpAnswer } from '../../../src/signals/scrape/http-answer.ts';

interface Read {
  readonly body: string;
  readonly keeps: boolean;
}

/** Reads an answer whose bytes come in the given pieces. */
function read(pieces: readonly Buffer[], mostBytes?: number): Read {
  let body = '';
  const answer = new HttpAnswer({ write: (bytes) => (body += Buffer.from(bytes).toString('latin1')) }, mostBytes);
  for (const piece of pieces) answer.write(piece);
  const keeps = answer.keepsConnection;
  answer.end();
  return { body, keeps };
}

function readText(text: string, mostBytes?: number): Read {
  return read([Buffer.from(text, 'latin1')], mostBytes);
}

function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

const body = fc.string({ unit: fc.constantFrom('queue 1\n', '\r\n', '0', 'a', 'é', '\0') });
const framed = fc.oneof(
  body.map((text) => ({ body: text, keeps: true, sent: `content-length: ${text.length}\r\n\r\n${text}` })),
  body.map((text) => ({ body: text, keeps: false, sent: `\r\n${text}` })),
  fc.array(fc.string({ unit: fc.constantFrom('a', '\r', '\n', '0'), minLength: 1 })).map((chunks) => ({
    body: chunks.join(''),
    keeps: true,
    sent: `Transfer-Encoding: CHUNKED\r\n\r\n${chunks.map((one) => `${one.length.toString(16)};x=1\r\n${one}\r\n`).join('')}0\r\ntrailer: 1\r\n\r\n`,
  })),
);

describe('an answer in HTTP/1.1', () => {
  it('is read whole however its end is told and its bytes come', () => {
    fc.assert(
      fc.property(framed, fc.array(fc.nat(300), { maxLength: 6 }), fc.boolean(), (answer, places, interim) => {
        const head = `${interim ? 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n' : ''}HTTP/1.1 200 OK\r\nserver: x\r\n`;
        expect(read(cut(head + answer.sent, places))).toEqual({ body: answer.body, keeps: answer.keeps });
      }),
    );
  });

  it('throws nothing but AnswerError, whatever comes', () => {
    const piece = fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.0 503 x', '\r\n', '\n', 'content-length: 5', 'content-length: -1', 'transfer-encoding: chunked', 'transfer-encoding: gzip', 'connection: close', ': x', 'ffffffffff', '5', 'hello', '\0', 'é'); // prettier-ignore
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(200), { maxLength: 4 }), (pieces, places) => {
        try {
          read(cut(pieces.join(''), places));
        } catch (error) {
          expect(error).toBeInstanceOf(AnswerError);
        }
      }),
    );
  });

  const ok = 'HTTP/1.1 200 OK\r\n';
  it.each([
    ['asks to close', `${ok}content-length: 1\r\nConnection: Close\r\n\r\nx`],
    ['is of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx'],
    ['sends more than it said', `${ok}content-length: 1\r\n\r\nxHTTP/1.1 200 OK`],
  ])('ends its connection when it %s', (_, text) => {
    expect(readText(text)).toEqual({ body: 'x', keeps: false });
  });

  const incomplete = 'closed the connection before its answer was complete';
  it.each([
    ['', incomplete],
    ['HTTP/1.1 200 O', incomplete],
    [`${ok}content-length: 5\r\n\r\nhell`, incomplete],
    [`${ok}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`, incomplete],
    ['HTTP/1.1 503 Busy\r\ncontent-length: 1\r\n\r\nx', 'answered 503'],
    ['HTTP/1.1 302 Found\r\nlocation: /x\r\n\r\n', 'answered 302; redirects are not followed'],
    ['HTTP/1.1 204 No Content\r\n\r\n', 'answered 204'],
    ['HTTP/1.1 101 Switching\r\n\r\n', 'answered 101, which nobody asked for'],
    ['HTTP/2 200\r\n\r\n', 'does not speak HTTP/1.1'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'does not speak HTTP/1.1'],
    [`${ok}a b: c\r\n\r\n`, 'sent a header that is not HTTP/1.1'],
    [`${ok}a: b\r\n folded\r\n\r\n`, 'sent a header that is not HTTP/1.1'],
    [`${ok}x: ${'y'.repeat(17_000)}`, 'sent a header that is too long, or no HTTP'],
    [`${ok}content-encoding: gzip\r\n\r\n`, 'answered with content-encoding gzip, which nobody asked for'],
    [`${ok}content-length: 1\r\ncontent-length: 2\r\n\r\nx`, 'does not say in HTTP/1.1 where its answer ends'],
    [`${ok}content-length: 1\r\ntransfer-encoding: chunked\r\n\r\nx`, 'does not say in HTTP/1.1 where its answer ends'],
    [`${ok}transfer-encoding: gzip, chunked\r\n\r\nx`, 'does not say in HTTP/1.1 where its answer ends'],
    [`${ok}transfer-encoding: chunked\r\n\r\nxyz\r\n`, 'sent chunks that are not HTTP/1.1'],
    [`${ok}transfer-encoding: chunked\r\n\r\n1\r\nxx\r\n`, 'sent chunks that are not HTTP/1.1'],
    [`${ok}transfer-encoding: chunked\r\n\r\n${'1'.repeat(5_000)}`, 'sent chunks that are not HTTP/1.1'],
  ])('refuses %j', (text, reason) => {
    expect(() => readText(text)).toThrow(new AnswerError(reason));
  });

  it('hands on nothing of what is no 200, and no more than it may', () => {
    let bytes = 0;
    const answer = new HttpAnswer({ write: (piece) => (bytes += piece.length) }, 1_048_576);
    answer.write(Buffer.from('HTTP/1.1 500 x\r\n\r\nsecret'));
    expect(bytes).toBe(0);
    expect(() => readText(`${ok}\r\n${'x'.repeat(1_048_577)}`, 1_048_576)).toThrow(new AnswerError('sent more than 1 MiB')); // prettier-ignore
  });
});
