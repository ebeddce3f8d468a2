import type { Exposition } from './exposition.ts';
import { ExpositionReader } from './exposition-reader.ts';
import { WantedNames } from './wanted-names.ts';

/** Reads a body that is there as a whole, as ExpositionReader does. */
export function parseExposition(text: string, wanted: readonly string[], contentType?: string): Exposition {
  const reader = new ExpositionReader(new WantedNames(wanted), contentType);
  reader.write(Buffer.from(text));
  return reader.end();
}
