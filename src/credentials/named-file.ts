import { readFile } from 'node:fs/promises';
import { cutText } from '../domain/cut-text.ts';

/** A file and the option that names it, for error texts. */
export interface NamedFile {
  readonly flag: string;
  readonly path: string;
}

export function shown({ flag, path }: NamedFile): string {
  return `${flag} "${cutText(path, 80)}"`;
}

/** Rejects naming the option and the file. */
export function readNamed(file: NamedFile): Promise<Buffer> {
  return readFile(file.path).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new Error(`${shown(file)} can't be read: ${code === 'ENOENT' ? 'there is no such file' : code}`);
  });
}
