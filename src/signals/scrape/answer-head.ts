import { AnswerError } from './answer-error.ts';
import type { Framing } from './body-framing.ts';

/** What the status line and the header fields of an answer say. */
export interface AnswerHead {
  readonly status: number;
  readonly framing: Framing;
  readonly keepsConnection: boolean;
  readonly contentType?: string | undefined;
}

const statusLine = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/;
const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;
/** In decimal digits; fifteen of them are a number without doubt. */
const length = /^\d{1,15}$/;

/** @param text the head as Latin-1, without the empty line at its end. Throws AnswerError. */
export function parseHead(text: string): AnswerHead {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, code] = statusLine.exec(first) ?? [];
  if (code === undefined) throw new AnswerError('does not speak HTTP/1.1');
  const fields = readFields(lines);
  const status = Number(code);
  if (status === 101) throw new AnswerError('answered 101, which nobody asked for');
  const tokens = (fields.get('connection') ?? '').toLowerCase().split(/[ \t]*,[ \t]*/);
  const keepsConnection = minor === '1' ? !tokens.includes('close') : false;
  return { status, framing: framingOf(status, fields), keepsConnection, contentType: fields.get('content-type') };
}

function readFields(lines: readonly string[]): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value = ''] = field.exec(line) ?? [];
    if (name === undefined) throw new AnswerError('sent a header that is not HTTP/1.1');
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}

function framingOf(status: number, fields: ReadonlyMap<string, string>): Framing {
  refuseEncoding(fields.get('content-encoding'));
  if (status === 204 || status === 304) return { kind: 'length', bytes: 0 };
  const [transfer, stated] = [fields.get('transfer-encoding'), fields.get('content-length')];
  if (transfer === undefined) return stated === undefined ? { kind: 'until close' } : lengthOf(stated);
  // With a length as well it is how one answer is made to look like two.
  if (transfer.toLowerCase() === 'chunked' && stated === undefined) return { kind: 'chunked' };
  throw endless();
}

function lengthOf(stated: string): Framing {
  if (!length.test(stated)) throw endless();
  return { kind: 'length', bytes: Number(stated) };
}

function refuseEncoding(encoding = 'identity'): void {
  if (encoding.toLowerCase() === 'identity' || encoding === '') return;
  throw new AnswerError(`answered with content-encoding ${encoding.slice(0, 20)}, which nobody asked for`);
}

function endless(): AnswerError {
  return new AnswerError('does not say in HTTP/1.1 where its answer ends');
}
