import { endsName } from './line.ts';

/**
 * The names that are wanted, as a tree of their letters: most lines of a scrape are of other metrics, and are turned down
 * after the few letters that they share with a wanted name. Letters that may follow the same ones are chained.
 */
export class WantedNames {
  readonly #letters: number[] = [0];
  readonly #firstAfter: number[] = [0];
  readonly #nextBeside: number[] = [0];
  readonly #names: (string | undefined)[] = [undefined];

  constructor(names: Iterable<string>) {
    for (const name of names) this.#add(name);
  }

  /** The same one for the same names: all triggers of an engine want one of a few sets of them. */
  static shared(names: readonly string[]): WantedNames {
    const key = names.join(' ');
    const known = sharedNames.get(key) ?? new WantedNames(names);
    sharedNames.set(key, known);
    return known;
  }

  /** The wanted name that stands at `at` as a whole. */
  at(text: string, at: number): string | undefined {
    let place = 0;
    let letter = at;
    for (
      let next = this.#after(0, text.charCodeAt(at));
      next !== 0;
      next = this.#after(place, text.charCodeAt(letter))
    ) {
      place = next;
      letter += 1;
    }
    return endsName(text.charCodeAt(letter)) ? this.#names[place] : undefined;
  }

  #add(name: string): void {
    let place = 0;
    for (const code of Buffer.from(name, 'latin1')) place = this.#after(place, code) || this.#grow(place, code);
    this.#names[place] = name;
  }

  /** Where `code` leads from a place; 0 where it leads nowhere. */
  #after(place: number, code: number): number {
    let next = this.#firstAfter[place] ?? 0;
    while (next !== 0 && this.#letters[next] !== code) next = this.#nextBeside[next] ?? 0;
    return next;
  }

  #grow(place: number, code: number): number {
    const added = this.#letters.push(code) - 1;
    this.#nextBeside.push(this.#firstAfter[place] ?? 0);
    this.#firstAfter.push(0);
    this.#names.push(undefined);
    this.#firstAfter[place] = added;
    return added;
  }
}

const sharedNames = new Map<string, WantedNames>();
