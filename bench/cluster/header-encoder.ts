/** The place of a field's name in HPACK's static table: https://www.rfc-editor.org/rfc/rfc7541#appendix-A */
const staticNames: Readonly<Record<string, number>> = {
  ':authority': 1,
  ':path': 4,
  'content-type': 31,
  'user-agent': 58,
};
/** `:method POST` and `:scheme http`, which the static table has as a whole. */
const postOverHttp = Buffer.from([0x83, 0x86]);
const firstDynamic = 62;
/** What a table may hold unless the server says otherwise, each entry counted with 32 bytes more than its text. */
const tableBytes = 4_096;
const entryOverheadBytes = 32;

/** Its name in lower case, and its value. */
export type HeaderField = readonly [name: string, value: string];

interface Entry {
  readonly name: string;
  readonly field: string;
  readonly bytes: number;
}

/**
 * Encodes the headers of requests as Go's client does: each field that was sent before by its number in the connection's
 * table, each other one literally, and added to the table. Huffman's code is left out.
 */
export class HeaderEncoder {
  readonly #entries: Entry[] = [];
  /** How often something was added, and when the newest of each field and of each name was. */
  #added = 0;
  readonly #fields = new Map<string, number>();
  readonly #names = new Map<string, number>();
  #bytes = 0;

  encode(fields: readonly HeaderField[]): Buffer {
    return Buffer.concat([postOverHttp, ...fields.map(([name, value]) => this.#field(name, value))]);
  }

  #field(name: string, value: string): Buffer {
    const field = `${name}: ${value}`;
    const known = this.#fields.get(field);
    if (known !== undefined) return integer(0x80, 7, this.#index(known));
    const named = this.#names.get(name);
    const nameIndex = staticNames[name] ?? (named === undefined ? 0 : this.#index(named));
    this.#add({ name, field, bytes: name.length + value.length + entryOverheadBytes });
    return Buffer.concat([integer(0x40, 6, nameIndex), ...(nameIndex === 0 ? [text(name)] : []), text(value)]);
  }

  #index(added: number): number {
    return firstDynamic + this.#added - added;
  }

  #add(entry: Entry): void {
    this.#entries.push(entry);
    this.#added += 1;
    this.#fields.set(entry.field, this.#added);
    this.#names.set(entry.name, this.#added);
    this.#bytes += entry.bytes;
    while (this.#bytes > tableBytes) this.#evict();
  }

  #evict(): void {
    const number = this.#added - this.#entries.length + 1;
    const oldest = this.#entries.shift();
    if (!oldest) return;
    this.#bytes -= oldest.bytes;
    this.#fields.delete(oldest.field);
    if (this.#names.get(oldest.name) === number) this.#names.delete(oldest.name);
  }
}

/** An integer behind the bits of `pattern`: https://www.rfc-editor.org/rfc/rfc7541#section-5.1 */
function integer(pattern: number, prefixBits: number, value: number): Buffer {
  const most = 2 ** prefixBits - 1;
  if (value < most) return Buffer.from([pattern | value]);
  const bytes = [pattern | most];
  let rest = value - most;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

function text(value: string): Buffer {
  return Buffer.concat([integer(0, 7, value.length), Buffer.from(value, 'latin1')]);
}
