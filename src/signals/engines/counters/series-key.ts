import type { Sample } from '../../exposition/exposition.ts';

/** Labels are mostly the same objects read after read, so what was worked out for them is kept for as long as they are. */
const known = new WeakMap<Sample['labels'], string>();

/** Tells a series apart from others, whatever the order in which its labels are written. */
export function seriesKey({ name, labels }: Sample): string {
  let key = known.get(labels);
  if (key === undefined) {
    key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
    known.set(labels, key);
  }
  return name + key;
}
