import { isMap, LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';

/** A place in a file: its path of keys and indices, and the line on which it stands. */
type LineOf = (path: readonly (string | number)[]) => number;

/** One document of a file, as plain data. */
export interface Manifest {
  readonly content: unknown;
  /** The line of the nearest thing that is there: that of the document where nothing of the path is. */
  readonly lineOf: LineOf;
}

/** What can't be read as YAML, and on which line. */
export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
}

/** Reads all documents of a YAML file, and says of each that can't be read why. */
export function readManifests(text: string): { manifests: readonly Manifest[]; faults: readonly SyntaxFault[] } {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines });
  const found = 'empty' in documents ? [] : documents;
  const faults = found.flatMap(({ errors }) =>
    errors.map(({ message, pos: [start] }) => ({
      line: lines.linePos(start).line,
      message: message.split(/:?\n/)[0] ?? '',
    })),
  );
  const sound = found.filter(({ errors }) => errors.length === 0);
  return {
    manifests: sound.map((document) => ({
      content: document.toJS() as unknown,
      lineOf: (path) => lineOf(document, path, lines),
    })),
    faults,
  };
}

function lineOf(document: Document.Parsed, path: readonly (string | number)[], lines: LineCounter): number {
  for (let length = path.length; length > 0; length -= 1) {
    const start = startOf(document, path.slice(0, length));
    if (start !== undefined) return lines.linePos(start).line;
  }
  return lines.linePos(document.range[0]).line;
}

/** Where the key at the end of the path stands, or the entry of a list. */
function startOf(document: Document.Parsed, path: readonly (string | number)[]): number | undefined {
  const parent = document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  const pair = isMap(parent) ? parent.items.find(({ key }) => String(key) === last) : undefined;
  const node = (pair ? pair.key : document.getIn(path, true)) as
    { range?: [number, number, number] | null } | null | undefined;
  return node?.range?.[0];
}
