import { expect, it } from 'vitest';
import { formatValue } from '../../src/decision/wording.ts';
import type { SignalName } from '../../src/domain/signal.ts';

it.each<[SignalName, number, string]>([
  ['queue', 12, '12'],
  ['requestRate', 3.5, '3.5 requests/s'],
  ['tokenRate', 1_500, '1500 tokens/s'],
  ['kvCache', 0.875, '87.5 %'],
  ['latencyP99', 2.3, '2.3 s'],
  ['ttftP99', 0.0125, '0.013 s'],
])('words %s of %d with its unit: %s', (signal, value, words) => {
  expect(formatValue(signal, value)).toBe(words);
});
