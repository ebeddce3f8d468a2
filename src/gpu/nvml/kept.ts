/** What does not change of a GPU or slice while it is there, by its UUID: asked until all of it is told, and forgotten with it. */
export class Kept<T> {
  readonly #isWhole: (told: T) => boolean;
  readonly #known = new Map<string, T>();
  readonly #read = new Set<string>();

  constructor(isWhole: (told: T) => boolean) {
    this.#isWhole = isWhole;
  }

  of(uuid: string, ask: () => T): T {
    this.#read.add(uuid);
    const known = this.#known.get(uuid);
    if (known !== undefined) return known;
    const told = ask();
    if (this.#isWhole(told)) this.#known.set(uuid, told);
    return told;
  }

  /** Forgets who was not read since this was last called. */
  forgetUnread(): void {
    for (const uuid of this.#known.keys()) if (!this.#read.has(uuid)) this.#known.delete(uuid);
    this.#read.clear();
  }
}
