import type { Labels } from '../../../domain/label-selector.ts';

/** Labels that are new with every pod must not fill the memory. */
const mostKept = 20_000;

/** Equal labels as one object: the pods of a template mostly carry the same ones, and there may be many pods. */
export class SharedLabels {
  readonly #known = new Map<string, Labels>();

  /** These labels, or the ones that are equal to them and came before. */
  share(labels: Labels): Labels {
    const key = JSON.stringify(labels);
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= mostKept) this.#known.clear();
    this.#known.set(key, labels);
    return labels;
  }
}
