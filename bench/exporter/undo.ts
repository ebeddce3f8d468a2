/** Takes the place of a test for the tests' stand-ins, which are gone when it has finished. */
export class Undo {
  readonly #calls: (() => unknown)[] = [];

  onTestFinished(call: () => unknown): void {
    this.#calls.push(call);
  }

  /** What came last goes first. */
  async run(): Promise<void> {
    for (const call of this.#calls.reverse()) await call();
  }
}
