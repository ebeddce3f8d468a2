import type { EpochMs } from '../../domain/clock.ts';
import { UsageError } from '../../program/options.ts';
import { askScaler } from './ask-scaler.ts';
import { explainTrigger } from './explanation.ts';

const fullName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** Asks a running scaler for its decisions and prints them for a person to read. Throws UsageError for what it can't tell. */
export async function runExplain(
  names: readonly string[],
  { scaler }: { scaler: URL },
  { print, nowMs }: { print: (line: string) => void; nowMs: () => EpochMs },
): Promise<number> {
  const odd = names.find((name) => !fullName.test(name));
  if (odd !== undefined) throw new UsageError(`"${odd.slice(0, 80)}" is no ScaledObject; write NAMESPACE/NAME`);
  for (const name of names) {
    const { triggers } = await askScaler(scaler, name);
    for (const [index, trigger] of triggers.entries()) {
      const title = triggers.length > 1 ? `${name}, trigger ${index + 1} of ${triggers.length}` : name;
      for (const line of explainTrigger(title, trigger, nowMs())) print(line);
    }
  }
  return 0;
}
