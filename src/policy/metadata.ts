import { readEntries } from './entries.ts';
import type { Entry } from './entries.ts';
import type { Parse } from './parse.ts';

/** A trigger's metadata while it is being read; gathers what is wrong and what is surprising, so that all is told at once. */
export class Metadata {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  /** Some keys could not be made sense of, so what seems to be missing may only be misspelt. */
  readonly hasUnreadableKeys: boolean;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(metadata: Readonly<Record<string, string>>) {
    this.#entries = readEntries(
      metadata,
      (problem) => this.problems.push(problem),
      (warning) => this.warnings.push(warning),
    );
    this.hasUnreadableKeys = this.problems.length > 0;
  }

  /** Whether the user gave the key, be its value valid or not. */
  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** The value of a key; undefined where it is not given or not valid, which is then among the problems. */
  read<T>(key: string, parse: Parse<T>): T | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    if (!entry.isFromEnvironment) return parse(entry.text, (problem) => this.reject(key, problem));
    const value = parse(entry.text, () => undefined);
    if (value === undefined) {
      this.reject(
        key,
        `the environment variable's value is not allowed for ${key}; it is not shown, because it may be a secret`,
      );
    }
    return value;
  }

  /** Takes down that something is wrong with a key, in a text that quotes no value from the environment. */
  reject(key: string, problem: string): void {
    this.problems.push(`${this.#writtenKey(key)}: ${problem}`);
  }

  /** Takes down what is legal but will surprise, under the same rule. */
  warn(key: string, warning: string): void {
    this.warnings.push(`${this.#writtenKey(key)}: ${warning}`);
  }

  #writtenKey(key: string): string {
    return this.#entries.get(key)?.writtenKey ?? key;
  }
}
