/** A field of a protobuf message that has a length: a text, bytes, or a message of its own. */
interface Field {
  readonly number: number;
  readonly bytes: Buffer;
}

/** What is no protobuf message: its end is cut off, or a field has a type that there is none of. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

/** By wire type; undefined for those that say their own length. */
const fixedLengths: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
/** A varint of 64 bits. */
const longestVarint = 10;

/**
 * The fields of a message that have a length, in their order, a repeated one as often as it is there. Numbers are passed over:
 * nothing that is read here is one. Spec: protobuf.dev, "Encoding". Throws MalformedMessage.
 */
export function* lengthFields(message: Buffer): Generator<Field> {
  let at = 0;
  const readVarint = (): number => {
    let value = 0;
    for (let count = 0; count < longestVarint; count += 1) {
      const byte = message[at];
      if (byte === undefined) throw new MalformedMessage('the message ends within a number');
      at += 1;
      value += (byte & 0x7f) * 2 ** (7 * count);
      if (byte < 0x80) return value;
    }
    throw new MalformedMessage('a number has no end');
  };
  while (at < message.length) {
    const tag = readVarint();
    const wireType = tag & 7;
    if (wireType === 0) {
      readVarint();
      continue;
    }
    const length = wireType === 2 ? readVarint() : fixedLengths[wireType];
    if (length === undefined) throw new MalformedMessage(`a field has the wire type ${wireType}`);
    if (length > message.length - at) throw new MalformedMessage('the message ends within a field');
    if (wireType === 2) yield { number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) };
    at += length;
  }
}
