import koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import { declarations } from './functions.ts';
import type { FunctionName } from './functions.ts';
import { returnCodes } from './return-codes.ts';

/** A pointer that is passed on and never looked through. */
export type Handle = bigint;
export type Argument = Handle | number | Buffer;
type Bound = (...args: readonly Argument[]) => number;

const cTypes = { handle: 'uint64_t', number: 'uint32_t', 'wide number': 'uint64_t', buffer: 'void *' } as const;

/** NVIDIA's management library, or one that speaks like it, loaded into this process. */
export class Library {
  readonly #bound: ReadonlyMap<FunctionName, Bound>;
  /** Functions that this driver's library does not have. */
  readonly missing: readonly FunctionName[];

  /** Throws where there is no such library. */
  constructor(path: string) {
    const library = koffi.load(path);
    const names = Object.keys(declarations) as FunctionName[];
    this.#bound = new Map(names.flatMap((name) => {
      const bound = bind(library, name);
      return bound ? [[name, bound]] : [];
    })); // prettier-ignore
    this.missing = names.filter((name) => !this.#bound.has(name));
  }

  /** Calls a function; answers its return code. Buffers are filled in place. */
  call(name: FunctionName, ...args: readonly Argument[]): number {
    return this.#bound.get(name)?.(...args) ?? returnCodes.functionNotFound;
  }
}

function bind(library: LibraryHandle, name: FunctionName): Bound | undefined {
  const { symbols, parameters } = declarations[name];
  const types = parameters.map((parameter) => cTypes[parameter]);
  for (const symbol of symbols) {
    try {
      return library.func(symbol, 'int', types) as Bound;
    } catch {
      // This library is older than the name; the next is older still.
    }
  }
  return undefined;
}
