import type { OverrideReading } from '../../src/domain/override.ts';

/** An override as an operator writes it. */
export function overrideText(reading: OverrideReading | undefined): string | undefined {
  if (reading?.state !== 'set') return reading?.text;
  const { min, max, untilMs, reason } = reading.override;
  const parts = { min, max, until: new Date(untilMs).toISOString().replace('.000Z', 'Z'), reason };
  return Object.entries(parts)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
    .join(' ');
}
